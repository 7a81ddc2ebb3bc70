"""What `--help` says."""

WORDS: dict[str, tuple[str, str]] = {
    "help.app": (
        "Redress: complaints in, fair and traceable outcomes out. Exit codes: 0 done, 1 refused or failed, 2 wrong usage, "
        "3 not quiet or not accounted for, 4 a service or broker cannot be reached.",
        "Redress: от жалобы до справедливого и объяснимого решения. Коды выхода: 0 — сделано, 1 — отказ или ошибка, "
        "2 — неверный вызов, 3 — работа не закончена или счёт не сходится, 4 — сервис или брокер недоступен.",
    ),
    "panel.arguments": ("Arguments", "Аргументы"),
    "panel.options": ("Options", "Параметры"),
    "panel.commands": ("Commands", "Команды"),
    "panel.error": ("Error", "Ошибка"),
    "help.json": ("Print JSON; its schema is committed in docs/schemas/cli.", "Вывести JSON; схема лежит в docs/schemas/cli."),
    "help.counts": (
        "What became of everything that was submitted, and what is still under way.",
        "Что стало со всем присланным и что ещё в работе.",
    ),
    "help.wait": (
        "Wait up to this many seconds until nothing is under way; exit code 3 if something still is.",
        "Ждать столько секунд, пока работа не закончится; если не закончилась, код выхода 3.",
    ),
    "help.story": (
        "Everything that happened to one complaint, with the reasons.",
        "Всё, что было с одной жалобой, и почему.",
    ),
    "help.story.id": (
        "Complaint id, or source:source_id as the sender named it.",
        "Номер жалобы либо источник:номер_в_источнике.",
    ),
    "help.cases": (
        "List cases, the most pressing first, each with what it is about.",
        "Список обращений, самые срочные сверху, и о чём каждое.",
    ),
    "help.cases.state": ("open, resolved or closed; may be repeated.", "open, resolved или closed; можно несколько раз."),
    "help.cases.tier": ("Tier of the ladder; may be repeated.", "Уровень лестницы; можно несколько раз."),
    "help.cases.priority": ("P1 to P4; may be repeated.", "От P1 до P4; можно несколько раз."),
    "help.cases.owner": ("Who has it; may be repeated.", "Кто ведёт; можно несколько раз."),
    "help.cases.customer": ("Only of this customer id.", "Только этого клиента."),
    "help.cases.sort": (
        "due_at, opened_at, priority, severity, tier or closed_at; with - in front: descending.",
        "due_at, opened_at, priority, severity, tier или closed_at; минус впереди — по убыванию.",
    ),
    "help.limit": ("How many at most.", "Сколько показать."),
    "help.skip": ("How many to pass over.", "Сколько пропустить."),
    "help.dlq": ("Records that could not be understood: parked, never lost.", "Неразобранные записи: отложены, но не потеряны."),
    "help.dlq.list": ("What is parked, newest first, without its content.", "Что отложено: сначала новое, без содержимого."),
    "help.dlq.state": (
        "parked, replayed, dismissed, expired (content deleted) or all.",
        "parked (отложено), replayed (разобрано), dismissed (закрыто без разбора), expired (срок хранения истёк) или all.",
    ),
    "help.dlq.reason": (
        "Only those parked for this reason, such as broken_json.",
        "Только с этой причиной, например broken_json.",
    ),
    "help.dlq.show": (
        "One parked record with its content; the key needs the scope vault.",
        "Одна отложенная запись с содержимым; ключу нужно право vault.",
    ),
    "help.dlq.replay": (
        "Decide a parked record again, as it is or mended; a mend that is itself wrong is refused and changes nothing.",
        "Разобрать отложенную запись заново: как есть или исправленную; неверное исправление ничего не меняет.",
    ),
    "help.dlq.all": ("Every parked record, as it is, the oldest first.", "Все отложенные записи как есть, сначала старые."),
    "help.dlq.reason_replay": (
        "Every one that was parked for this reason, such as rule_failed.",
        "Все отложенные по этой причине, например rule_failed.",
    ),
    "help.dlq.dismiss": (
        "Give a parked record up: it is kept and counted as parked, but waits for nobody.",
        "Закрыть отложенную запись без разбора: она хранится и считается отложенной, но никого не ждёт.",
    ),
    "help.dlq.why": ("Why nothing will come of it; kept encrypted.", "Почему разбирать не нужно; хранится в зашифрованном виде."),
    "help.arrival": ("Name of the arrival, as `dlq list` prints it.", "Имя записи, как его печатает `dlq list`."),
    "help.dlq.with": ("File with the mended record; - reads standard input.", "Файл с исправленной записью; - читает ввод."),
    "help.service": ("Only this service: intake, triage, escalation or followup.", "Только этот сервис."),
    "help.rejected": (
        "What was understood but not taken as a complaint.",
        "Что поняли, но не приняли как жалобу.",
    ),
    "help.rejected.list": ("Rejected submissions, with the reason.", "Отклонённые сообщения и причины."),
    "help.rejected.admit": ("Take a rejected one as a complaint after all.", "Всё-таки принять отклонённое как жалобу."),
    "help.effects": (
        "Letters and other acts on the outside world, each done once.",
        "Письма и другие внешние действия: каждое — один раз.",
    ),
    "help.effects.list": ("Those that wait for a person; --state shows others.", "Ждущие решения человека; --state — прочие."),
    "help.effects.state": (
        "planned, sending, sent, failed, unknown or all.",
        "planned, sending, sent, failed, unknown или all.",
    ),
    "help.effects.sent": (
        "Say that it did happen, although nobody could tell.",
        "Подтвердить, что действие состоялось, хотя это было неизвестно.",
    ),
    "help.effects.retry": ("Do it again.", "Выполнить ещё раз."),
    "help.effects.key": (
        "Key of the effect, as `effects list` prints it; the form with bars works too, in quotes.",
        "Ключ действия, как его печатает `effects list`; годится и вид с чертами, в кавычках.",
    ),
    "help.complaint": ("Complaint id.", "Номер жалобы."),
    "help.erase": (
        "Forget a customer for ever, and say what remains where and until when.",
        "Навсегда забыть клиента и сказать, что, где и до какого срока остаётся.",
    ),
    "help.erase-closed": (
        "Forget every customer whose last case closed long enough ago.",
        "Навсегда забыть всех клиентов, чьё последнее обращение давно закрыто.",
    ),
    "help.erase-closed.days": (
        "Days since the customer's last case closed.",
        "Сколько дней прошло с закрытия последнего обращения клиента.",
    ),
    "help.erase-closed.dry_run": ("Only say who it would be.", "Только показать, кого это коснётся."),
    "help.erase.customer": (
        "Customer id (u_…), or the id of one of their complaints (c_…).",
        "Идентификатор клиента (u_…) или одной из его жалоб (c_…).",
    ),
    "help.yes": ("Do not ask for confirmation.", "Не спрашивать подтверждения."),
    "help.publish": (
        "Publish complaints from a file: JSON lines, JSON, CSV (each also gzipped), or letters (.eml, or a directory of them).",
        "Отправить жалобы из файла: JSON по строкам, JSON, CSV (и в gzip) или письма (.eml либо каталог с ними).",
    ),
    "help.publish.file": ("File, directory of letters, or - for standard input.", "Файл, каталог с письмами или - для ввода."),
    "help.publish.map": (
        "Take a field from another column or key: source_id=id, customer.email=mail; may be repeated.",
        "Взять поле из другого столбца или ключа: source_id=id, customer.email=mail; можно несколько раз.",
    ),
    "help.publish.set": (
        "Give every record this value: channel=web; may be repeated.",
        "Задать значение каждой записи: channel=web; можно несколько раз.",
    ),
    "help.publish.http": (
        "Send over HTTP: the address of intake, or auto. Without it Kafka is used; letters always go over HTTP.",
        "Отправить по HTTP: адрес intake или auto. Без параметра — через Kafka; письма всегда идут по HTTP.",
    ),
    "help.publish.skip": (
        "Publish the valid records although others are not.",
        "Отправить верные записи, даже если есть неверные.",
    ),
    "help.load": (
        "Send sample complaints at a steady rate and measure how fast they are accepted.",
        "Слать примеры жалоб с постоянной частотой и измерить скорость приёма.",
    ),
    "help.load.rate": ("Complaints a second.", "Жалоб в секунду."),
    "help.load.seconds": ("For how long.", "Сколько секунд."),
    "help.load.kafka": ("Over Kafka instead of HTTP.", "Через Kafka, а не по HTTP."),
    "help.topics": ("The topics in Kafka.", "Топики Kafka."),
    "help.topics.init": (
        "Create missing topics and check those that exist.",
        "Создать недостающие топики и проверить существующие.",
    ),
    "help.topics.replicas": (
        "Copies of each partition of a new topic; default: three, or one a broker.",
        "Копий каждой партиции нового топика; по умолчанию три или по числу брокеров.",
    ),
    "help.topics.grow": (
        "Add partitions where too few exist, if the topic is drained.",
        "Добавить партиции, если их мало и топик вычитан до конца.",
    ),
    "help.db": ("The stores.", "Хранилища."),
    "help.db.init": ("Create collections and indexes of all four services.", "Создать коллекции и индексы четырёх сервисов."),
    "help.policy": ("The rules as data.", "Правила в виде данных."),
    "help.policy.check": ("Check policy files and name every mistake.", "Проверить файлы правил и назвать каждую ошибку."),
    "help.policy.files": (
        "Files named after their service, such as triage.yaml, or a directory of them; default: those in force.",
        "Файлы с именем сервиса, например triage.yaml, или каталог с ними; по умолчанию — действующие.",
    ),
    "help.doctor": ("Look whether this machine and installation are fit.", "Проверить машину и установку."),
    "help.keys": ("API keys.", "Ключи доступа."),
    "help.keys.issue": (
        "Make an API key, show it once, and keep its hash.",
        "Создать ключ, показать один раз и сохранить его хеш.",
    ),
    "help.keys.init": (
        "Make the secrets and keys that are missing, before services start; leave those that are there.",
        "Создать недостающие секреты и ключи до запуска сервисов; имеющиеся не трогать.",
    ),
    "help.keys.operator": ("Put a key with every scope here.", "Положить сюда ключ со всеми правами."),
    "help.keys.service": (
        "Put the key here that services show to intake's vault.",
        "Положить сюда ключ, с которым сервисы обращаются к хранилищу intake.",
    ),
    "help.keys.list": ("Names, actors and scopes of all keys.", "Имена, владельцы и права всех ключей."),
    "help.keys.revoke": ("End a key; services refuse it at once.", "Отозвать ключ; сервисы отклоняют его сразу."),
    "help.keys.rewrap": (
        "Put every customer's key under the newest master key, so that older ones can go.",
        "Перевести ключи всех клиентов под новейший главный ключ, чтобы убрать прежние.",
    ),
    "help.keys.name": ("Who has the key.", "У кого ключ."),
    "help.keys.replace": (
        "End the key of this name and make a new one.",
        "Отозвать ключ с этим именем и создать новый.",
    ),
    "help.keys.scopes": ("Any of submit, desk, vault, admin, with commas.", "Из submit, desk, vault, admin, через запятую."),
    "help.keys.actor": ("What history calls its owner; default: the name.", "Как звать владельца в истории; по умолчанию — имя."),
    "help.config": ("The settings.", "Настройки."),
    "help.config.show": ("Every setting in force, secrets masked.", "Все действующие настройки, секреты скрыты."),
    "help.up": ("Run all four services in this process.", "Запустить все четыре сервиса в одном процессе."),
    "help.run": ("Run one service.", "Запустить один сервис."),
    "help.help": ("Show this message and exit.", "Показать эту справку и выйти."),
    "help.demo": ("Play a sample of complaints and tell what became of them.", "Проиграть пример и показать, что вышло."),
}
