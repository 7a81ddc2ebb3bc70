"""What `up`, `run` and `demo` say while they start, run and stop."""

WORDS: dict[str, tuple[str, str]] = {
    "up.up": ("[bold]Redress is up.[/bold] Ctrl-C stops it.", "[bold]Redress работает.[/bold] Остановить: Ctrl-C."),
    "up.key": ("API key", "Ключ"),
    "up.embedded": (
        "[yellow]The broker is embedded[/yellow]: it keeps nothing when this process ends. What the HTTP doors accepted is "
        "safe in SQLite; what others publish to it is accepted once intake has read it. It holds 5 MB that are not read yet in "
        "each partition, and one record larger than that displaces others: send much with `redress publish`, which waits, "
        "or over HTTP.",
        "[yellow]Брокер встроенный[/yellow]: с концом процесса он всё забывает. Принятое по HTTP надёжно лежит в SQLite; "
        "присланное в брокер считается принятым, когда его прочтёт intake. Непрочитанного он держит 5 МБ в каждой партиции, "
        "запись крупнее этого вытесняет соседние: много отправляйте командой `redress publish`, которая ждёт, или по HTTP.",
    ),
    "up.again": (
        "{number} events that the last run's broker still held were announced again.",
        "События, которые ещё держал брокер прошлого запуска, объявлены снова: {number}.",
    ),
    "up.stopping": ("Stopping …", "Останавливаемся …"),
    "up.stopped": ("Stopped.", "Остановлено."),
    "run.answers": ("{service} answers at {url}; Ctrl-C stops it.", "{service} отвечает по адресу {url}; остановить: Ctrl-C."),
    "up.refused": ("Redress does not start.", "Redress не запускается."),
    "up.refused.settings": (
        "Mend the environment or .env; `redress config show` explains every setting.",
        "Исправьте окружение или .env; каждую настройку поясняет `redress config show`.",
    ),
    "up.refused.policy": (
        "Mend the policy and look with `redress policy check`.",
        "Исправьте политику и проверьте командой `redress policy check`.",
    ),
    "up.refused.file": (
        "{path}: {reason}. Allow it, make room, or set another REDRESS_HOME.",
        "{path}: {reason}. Разрешите запись, освободите место или задайте другой REDRESS_HOME.",
    ),
    "file.missing": ("there is no such file", "такого файла нет"),
    "file.folder": ("it is a directory", "это каталог"),
    "file.no_gzip": ("it is not whole gzip", "это не целый gzip"),
    "file.denied": ("not permitted", "нет прав"),
    "file.no_folder": ("a file stands where a folder is needed", "на месте каталога лежит файл"),
    "file.full": ("no space left", "нет места"),
    "file.read_only": ("the file system is read-only", "файловая система только для чтения"),
    "help.up.json": ("Print only what running.json holds.", "Вывести только содержимое running.json."),
    "help.run.service": ("One of {names}.", "Один из: {names}."),
    "help.demo.from": (
        "Play these complaints (JSON lines, a JSON array or CSV) instead of the sample.",
        "Сыграть эти жалобы (JSON lines, массив JSON или CSV) вместо примера.",
    ),
    "help.demo.complaints": ("How many of the sample.", "Сколько взять из примера."),
    "help.demo.seed": ("The same seed gives the same summary.", "То же число даёт ту же сводку."),
    "help.demo.serve": (
        "Keep the house open afterwards, until Ctrl-C.",
        "После игры оставить сервисы работать до Ctrl-C.",
    ),
    "help.demo.json": ("Print the summary as JSON.", "Вывести сводку в JSON."),
}
