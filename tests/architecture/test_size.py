"""Size is a smell: the budget of the house, so that nothing grows beyond what one person reads at once."""

import statistics

from tests.architecture.source import house, length

MEDIAN_LINES = 80
MOST_LINES = 250
FUNCTION_P90 = 25
FUNCTION_MOST = 45

LONG_FUNCTIONS: dict[str, str] = {}
"""`place:function` of what is longer than a function should be, and why it still reads well."""


def test_half_of_the_modules_are_shorter_than_a_screen_and_a_half() -> None:
    assert statistics.median(module.lines for module in house() if module.lines > 1) <= MEDIAN_LINES


def test_no_module_does_so_much_that_it_passes_250_lines() -> None:
    assert [f"{module.place}: {module.lines}" for module in house() if module.lines > MOST_LINES] == []


def test_nine_functions_in_ten_fit_into_25_lines() -> None:
    lengths = [length(function) for module in house() for function in module.functions()]
    assert statistics.quantiles(lengths, n=10)[-1] <= FUNCTION_P90


def test_no_function_is_longer_than_a_page() -> None:
    found = {
        f"{module.place}:{function.name}": length(function)
        for module in house()
        for function in module.functions()
        if length(function) > FUNCTION_MOST
    }
    assert {place: lines for place, lines in found.items() if place not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) <= set(found), "an exception that is not needed any more"
