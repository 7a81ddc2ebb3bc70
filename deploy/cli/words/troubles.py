"""What went wrong, and what helps."""

WORDS: dict[str, tuple[str, str]] = {
    "trouble.interrupted": ("Stopped.", "Прервано."),
    "remedy.interrupted": ("What was done stays done.", "Сделанное остаётся сделанным."),
    "trouble.no_house": (
        "{names}: no address is known, and nothing runs in {home}.",
        "{names}: адрес неизвестен, а в {home} ничего не запущено.",
    ),
    "remedy.no_house": (
        "Start `redress up`, or set REDRESS_<SERVICE>_URL and REDRESS_SERVICE_KEY.",
        "Запустите `redress up` либо задайте REDRESS_<СЕРВИС>_URL и REDRESS_SERVICE_KEY.",
    ),
    "trouble.no_key": ("No API key is known.", "Ключ доступа неизвестен."),
    "remedy.no_key": (
        "Set REDRESS_SERVICE_KEY, or run this where `redress up` runs.",
        "Задайте REDRESS_SERVICE_KEY или запускайте там же, где работает `redress up`.",
    ),
    "trouble.unreachable": (
        "{service} cannot be reached at {url} ({reason}).",
        "{service} недоступен по адресу {url} ({reason}).",
    ),
    "remedy.unreachable": (
        "Check that it runs and that the address is right: `redress doctor`.",
        "Проверьте, что он запущен и адрес верный: `redress doctor`.",
    ),
    "trouble.unreachable_many": ("Not reached: {names}.", "Недоступны: {names}."),
    "remedy.unreachable_many": ("What is shown lacks their part.", "Их части в показанном нет."),
    "trouble.broker_away": ("The broker does not answer.", "Брокер не отвечает."),
    "remedy.broker_away": (
        "What is in flight cannot be counted until it is back.",
        "Пока он не вернётся, записи в пути не сосчитать.",
    ),
    "trouble.key_unknown": ("{service} does not know this API key.", "{service} не знает этого ключа."),
    "remedy.key_unknown": (
        "Issue one with `redress keys issue` where the service keeps its keys, and set REDRESS_SERVICE_KEY.",
        "Выпустите ключ командой `redress keys issue` там, где сервис хранит ключи, и задайте REDRESS_SERVICE_KEY.",
    ),
    "trouble.scope": ("{service} refuses: {detail}.", "{service} отказывает: {detail}."),
    "remedy.scope": ("Issue a key with that scope: `redress keys issue`.", "Выпустите ключ с этим правом: `redress keys issue`."),
    "trouble.refused": ("{service} refuses: {detail}.", "{service} отказывает: {detail}."),
    "trouble.not_found": ("Nothing is known of {what}.", "О {what} ничего не известно."),
    "remedy.story": (
        "Find ids with `redress cases`; a sender's id is written source:source_id.",
        "Номера показывает `redress cases`; номер отправителя пишется источник:номер.",
    ),
    "remedy.dlq": ("Find names with `redress dlq list`.", "Имена показывает `redress dlq list`."),
    "remedy.rejected": ("Find ids with `redress rejected list`.", "Номера показывает `redress rejected list`."),
    "remedy.effects": (
        "Find keys with `redress effects list --state all`.",
        "Ключи показывает `redress effects list --state all`.",
    ),
    "remedy.customer": ("Find customer ids with `redress story ID`.", "Идентификатор клиента показывает `redress story ID`."),
    "trouble.which_record": (
        "It is not clear which record is meant.",
        "Непонятно, какую запись разобрать.",
    ),
    "remedy.which_record": (
        "Name one ARRIVAL, which --with may mend, or say --all or --reason CODE.",
        "Назовите одно ИМЯ (его можно исправить через --with) либо задайте --all или --reason КОД.",
    ),
    "trouble.nothing_mended": ("There is nothing in {path}.", "В {path} ничего нет."),
    "remedy.nothing_mended": (
        "Give the whole mended record, or leave --with out.",
        "Передайте исправленную запись целиком или уберите --with.",
    ),
    "trouble.no_service": ("There is no service {name}.", "Сервиса {name} нет."),
    "remedy.services": ("Choose from {names}.", "Выберите из: {names}."),
    "trouble.settings": ("The settings cannot be used: {first}.", "Настройки неверны: {first}."),
    "remedy.settings": ("Mend it in the environment or in .env.", "Исправьте в окружении или в .env."),
    "trouble.file": ("{path} cannot be read ({reason}).", "{path} не читается ({reason})."),
    "remedy.file": ("Check the path and its permissions.", "Проверьте путь и права."),
    "trouble.no_kafka": ("There is no Kafka to publish to.", "Нет Kafka, куда отправлять."),
    "remedy.no_kafka": (
        "Start `redress up`, set REDRESS_KAFKA, or publish with --http.",
        "Запустите `redress up`, задайте REDRESS_KAFKA или отправляйте с --http.",
    ),
    "trouble.kafka": ("Kafka cannot be reached at {servers} ({reason}).", "Kafka недоступна по адресу {servers} ({reason})."),
    "remedy.kafka": ("Check REDRESS_KAFKA and the network.", "Проверьте REDRESS_KAFKA и сеть."),
    "trouble.kafka_says": ("Kafka refuses: {reason}.", "Kafka отказывает: {reason}."),
    "trouble.store": ("The store of {service} does not answer.", "Хранилище сервиса {service} не отвечает."),
    "remedy.store": ("Check REDRESS_STORE.", "Проверьте REDRESS_STORE."),
    "trouble.pair": ("{given} is not NAME=VALUE.", "{given} — это не ИМЯ=ЗНАЧЕНИЕ."),
    "remedy.pair": ("Write for example channel=web.", "Пишите, например, channel=web."),
    "trouble.internal": ("This is a fault of ours ({kind}).", "Это наша ошибка ({kind})."),
    "remedy.internal": (
        "Set REDRESS_LOG_LEVEL=debug and repeat it for a report with details.",
        "Повторите с REDRESS_LOG_LEVEL=debug, чтобы приложить подробности к сообщению.",
    ),
    "trouble.yes_needed": ("Nobody is here to confirm this.", "Подтвердить некому: это не терминал."),
    "remedy.yes_needed": ("Repeat it with --yes.", "Повторите с --yes."),
    "trouble.wrong_option": ("{name} cannot be {value}.", "{name} не может быть {value}."),
    "remedy.one_of": ("Choose from {names}.", "Выберите из: {names}."),
    "trouble.strange_answer": (
        "A service answered in a way that this version does not understand.",
        "Ответ сервиса этой версии непонятен.",
    ),
    "remedy.strange_answer": ("Use the same version here and there.", "Используйте одну версию здесь и там."),
}
