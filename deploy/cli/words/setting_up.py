"""What the verbs that set things up say."""

WORDS: dict[str, tuple[str, str]] = {
    "topics.embedded": (
        "Nothing to do: the embedded broker has every topic. For a real Kafka set REDRESS_KAFKA=host:port.",
        "Делать нечего: у встроенного брокера есть все топики. Для настоящей Kafka задайте REDRESS_KAFKA=хост:порт.",
    ),
    "topics.column.name": ("topic", "топик"),
    "topics.column.partitions": ("partitions", "партиций"),
    "topics.column.state": ("state", "состояние"),
    "topics.state.created": ("created", "создан"),
    "topics.state.fits": ("as declared", "как объявлен"),
    "topics.state.grown": ("grown", "расширен"),
    "topics.state.differs": ("differs", "отличается"),
    "topics.fewer": (
        "{found} partitions instead of {wanted}; add them with --grow once it is drained",
        "партиций {found} вместо {wanted}; добавьте с --grow, когда топик будет вычитан",
    ),
    "topics.more": (
        "{found} partitions, {wanted} declared; partitions are never taken away",
        "партиций {found}, объявлено {wanted}; партиции не убирают",
    ),
    "topics.config": (
        "{name} is {found} instead of {wanted}; change it with kafka-configs",
        "{name} равно {found} вместо {wanted}; измените через kafka-configs",
    ),
    "topics.not_drained": (
        "not grown, since these groups have not read it to the end: {groups}",
        "не расширен: эти группы не дочитали его до конца: {groups}",
    ),
    "topics.grown": ("grown from {found} to {wanted} partitions", "партиций было {found}, стало {wanted}"),
    "db.column.created": ("created", "создано"),
    "db.complete": ("nothing, all is there", "ничего, всё уже есть"),
    "policy.column.hash": ("hash", "хеш"),
    "policy.column.state": ("state", "состояние"),
    "policy.fits": ("can be used", "годится"),
    "policy.wrong": ("{number} wrong", "ошибок: {number}"),
    "trouble.policy_name": ("{file} is not named after a service.", "{file} не назван по имени сервиса."),
    "remedy.policy_name": ("Name it one of {names}.", "Назовите одним из имён: {names}."),
    "keys.once": (
        "This key of {name} ({scopes}) is shown only now: keep it. Send it as Authorization: Bearer KEY.",
        "Ключ для {name} ({scopes}) показан только сейчас: сохраните. Отправляйте как Authorization: Bearer КЛЮЧ.",
    ),
    "keys.file": ("Its hash lies in {file}; running services take it at once.", "Хеш лежит в {file}; сервисы примут его сразу."),
    "trouble.key_name": ("A name and an actor have 1 to 80 characters.", "Имя и владелец — от 1 до 80 символов."),
    "remedy.key_name": ("Choose a shorter one.", "Выберите короче."),
    "config.column.variable": ("variable", "переменная"),
    "config.column.value": ("value", "значение"),
    "config.bold": ("Bold: not the default. .env.example explains each.", "Жирным — не по умолчанию. Описания в .env.example."),
}
