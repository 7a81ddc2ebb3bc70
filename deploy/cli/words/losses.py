"""What the verbs say that answer for lost records."""

WORDS: dict[str, tuple[str, str]] = {
    "help.losses": (
        "Records that nobody read, because the log lost them first.",
        "Записи, которых никто не прочёл: журнал потерял их раньше.",
    ),
    "help.losses.list": ("Losses by partition, open ones first.", "Потери по разделам, сначала открытые."),
    "help.losses.write_off": (
        "Answer for a loss: it stays known, and the count goes on without it.",
        "Закрыть потерю под свою ответственность: она остаётся известной, но счёт идёт дальше без неё.",
    ),
    "help.losses.loss": (
        "Name of the loss, as `losses list` prints it, or all.",
        "Имя потери, как его печатает `losses list`, или all.",
    ),
    "help.losses.reason": (
        "resent (their senders did), gone (nobody has them any more), restored (the store came from a backup) or other.",
        "resent (отправители повторили), gone (их больше ни у кого нет), restored (хранилище из резервной копии) или other.",
    ),
    "losses.none": ("Nothing was lost.", "Потерь нет."),
    "losses.nothing_open": ("No loss is open.", "Открытых потерь нет."),
    "losses.line": ("{service} · lost: {records} · open: {open}", "{service} · потеряно: {records} · открыто: {open}"),
    "losses.answered": ("written off by {by} at {at}: {reason}", "закрыто: {by}, {at}: {reason}"),
    "losses.next": (
        "Let their senders send that time again (doubles are recognised), then `redress losses write-off LOSS --reason resent`.",
        "Пусть отправители повторят то время (повторы узнаются), затем `redress losses write-off ИМЯ --reason resent`.",
    ),
    "losses.done": ("{loss} is written off: {records}.", "{loss}: закрыто, {records}."),
}
