"""What is wrong with an invocation, a setting or a policy, in Russian; names of variables, keys and files stay as they are."""

WRONG: dict[str, str] = {
    # an invocation
    "No such option: {}": "нет такого параметра: {}",
    "No such option: {} Did you mean {}?": "нет такого параметра: {}; может быть, {}?",
    "No such option: {} (Possible options: {})": "нет такого параметра: {}; похожие: {}",
    "Missing argument {}.": "не хватает аргумента {}",
    "Missing option {}.": "не хватает параметра {}",
    "Missing command.": "не названа команда",
    "No such command {}.": "нет такой команды: {}",
    "No such command {}. Did you mean {}?": "нет такой команды: {}; может быть, {}?",
    "Got unexpected extra argument ({})": "лишний аргумент: {}",
    "Got unexpected extra arguments ({})": "лишние аргументы: {}",
    "Option {} requires an argument.": "параметру {} нужно значение",
    "Option {} does not take a value.": "у параметра {} не бывает значения",
    "Invalid value for {}: {} is not a valid integer.": "{}: {} — не целое число",
    "Invalid value for {}: {} is not a valid int range.": "{}: {} — не целое число",
    "Invalid value for {}: {} is not a valid float range.": "{}: {} — не число",
    "Invalid value for {}: {} is not a valid float.": "{}: {} — не число",
    "Invalid value for {}: {} is not in the range {}.": "{}: {} вне пределов {}",
    "Invalid value for {}: {} is not one of {}.": "{}: {} — не из списка {}",
    "Invalid value for {}: Path {} does not exist.": "{}: файла {} нет",
    "Invalid value for {}: File {} does not exist.": "{}: файла {} нет",
    "Invalid value for {}: {}": "{}: {}",
    # settings
    "write host:port, or several with commas between, without kafka://": "пишите хост:порт, несколько через запятую, без kafka://",
    "write an address such as https://complaints.example.com, without `?` and `#`": (
        "пишите адрес вида https://complaints.example.com, без `?` и `#`"
    ),
    "write mongodb://HOST:PORT or sqlite:///DIRECTORY (four slashes before an absolute one)": (
        "пишите mongodb://ХОСТ:ПОРТ или sqlite:///КАТАЛОГ (перед абсолютным путём четыре косые черты)"
    ),
    "write three slashes: sqlite:///DIRECTORY": "пишите с тремя косыми чертами: sqlite:///КАТАЛОГ",
    "input should be a valid integer, unable to parse string as an integer": "нужно целое число",
    "input should be a valid integer": "нужно целое число",
    "input should be a valid number, unable to parse string as a number": "нужно число",
    "input should be a valid boolean, unable to interpret input": "нужно true или false",
    "input should be a valid datetime or date, {}": "нужны дата и время со смещением, например 2026-11-26T09:00:00+03:00",
    "input should be greater than or equal to {}": "число должно быть не меньше {}",
    "input should be less than or equal to {}": "число должно быть не больше {}",
    "input should be greater than {}": "число должно быть больше {}",
    "input should be {}": "допустимо: {}",
    "{} needs REDRESS_KAFKA_USERNAME and REDRESS_KAFKA_PASSWORD: set both": (
        "{} требует REDRESS_KAFKA_USERNAME и REDRESS_KAFKA_PASSWORD: задайте обе переменные"
    ),
    "unencrypted Kafka is refused in production: set it to ssl or sasl_ssl, or, where the network itself is encrypted, "
    "set REDRESS_KAFKA_ALLOW_PLAINTEXT=true": (
        "Kafka без шифрования в production не допускается: задайте ssl или sasl_ssl либо, если шифрует сама сеть, "
        "REDRESS_KAFKA_ALLOW_PLAINTEXT=true"
    ),
    "REDRESS_SMTP_HOST needs REDRESS_SMTP_SENDER: set the address that letters come from": (
        "REDRESS_SMTP_HOST требует REDRESS_SMTP_SENDER: задайте адрес, от которого уходят письма"
    ),
    "REDRESS_SMTP_USERNAME and REDRESS_SMTP_PASSWORD belong together: set both or none": (
        "REDRESS_SMTP_USERNAME и REDRESS_SMTP_PASSWORD задаются вместе: обе или ни одной"
    ),
    "REDRESS_SMTP_TLS=none would send the password in the clear: set it to starttls or tls": (
        "с REDRESS_SMTP_TLS=none пароль уйдёт открытым: задайте starttls или tls"
    ),
    "REDRESS_CLOCK=simulated is refused in production: unset it": (
        "REDRESS_CLOCK=simulated в production не допускается: уберите"
    ),
    "REDRESS_SIMULATED_START needs REDRESS_CLOCK=simulated: set that too, or unset this": (
        "REDRESS_SIMULATED_START требует REDRESS_CLOCK=simulated: задайте и её либо уберите эту"
    ),
    "REDRESS_STORE is MongoDB, but the embedded broker needs SQLite, which remembers what it forgets: set REDRESS_KAFKA "
    "to a real Kafka, or unset REDRESS_STORE": (
        "REDRESS_STORE указывает на MongoDB, а встроенному брокеру нужен SQLite, который помнит за него: задайте в REDRESS_KAFKA "
        "настоящую Kafka или уберите REDRESS_STORE"
    ),
    "there is no service {}: choose one of {}": "сервиса {} нет, выберите из: {}",
    "REDRESS_KAFKA is not set: a service in a process of its own needs a real Kafka, since an embedded broker cannot be "
    "shared; set it to host:port, or use `redress up`": (
        "REDRESS_KAFKA не задана: отдельному процессу нужна настоящая Kafka, встроенный брокер не делится; задайте хост:порт "
        "или запустите `redress up`"
    ),
    "{} is not set: {} asks intake's vault; set it": "{} не задана: {} обращается к хранилищу ключей intake; задайте её",
    "{} and {} are both set: unset one of them": "{} и {} заданы вместе: уберите одну",
    "the file cannot be read ({}): check the path and its permissions": "файл не читается ({}): проверьте путь и права",
    "{} is not a setting; did you mean {}?": "{}: такой настройки нет; может быть, {}?",
    "{} is not a setting; see .env.example for all of them": "{}: такой настройки нет; все они — в .env.example",
    # homes, doors, secrets
    "another process works in {}: stop it, or set another REDRESS_HOME": (
        "в {} работает другой процесс: остановите его или задайте другой REDRESS_HOME"
    ),
    "cannot listen on {} ({}): check REDRESS_HOST and the port": "на {} слушать нельзя ({}): проверьте REDRESS_HOST и порт",
    "{} is no address: set REDRESS_HOST to one of this machine": "{} — не адрес этой машины: задайте REDRESS_HOST",
    "{}: is empty; put the secret back from your backup": "{}: пусто; верните секрет из резервной копии",
    "the secret {} is not the one this store was written under: put the old one back": (
        "секрет {} не тот, под которым велось это хранилище: верните прежний"
    ),
    # policies
    "is missing": "не задано",
    "is not a key that this policy knows": "такого ключа в политике нет",
    "this key stands twice": "ключ стоит дважды",
    "the file is not UTF-8": "файл не в UTF-8",
    "the file holds no settings": "в файле нет настроек",
    "cannot be read ({})": "не читается ({})",
    "not readable: {}": "не разобрать: {}",
    "is not a directory": "это не каталог",
    "add {} here": "добавьте здесь {}",
    "did you mean {}?": "может быть, {}?",
    "remove it": "уберите его",
    "remove it; known here: {}": "уберите его; здесь бывают: {}",
    "keep one of them": "оставьте один",
    "save it as UTF-8": "сохраните в UTF-8",
    "start from the default policy": "начните с политики по умолчанию",
    "check indentation, colons and quotes": "проверьте отступы, двоеточия и кавычки",
    "check the path, or set REDRESS_POLICIES": "проверьте путь или задайте REDRESS_POLICIES",
    "set REDRESS_POLICIES to one that exists": "задайте в REDRESS_POLICIES существующий каталог",
    "change it; the default policy shows and explains every key": "исправьте; политика по умолчанию поясняет каждый ключ",
    "write text, in quotes if it looks like a number": "пишите текст, похожий на число — в кавычках",
    "write true or false": "пишите true или false",
    "write a whole number without quotes": "пишите целое число без кавычек",
    "write a number without quotes": "пишите число без кавычек",
    "write a list, one `- …` a line": "пишите список, по одному `- …` в строке",
    "write `key: value` lines, indented": "пишите строки `ключ: значение` с отступом",
    "write one of the values named": "выберите из названных значений",
    "choose a larger value": "возьмите больше",
    "choose a smaller value": "возьмите меньше",
}
"""English as it is said elsewhere, with gaps, to Russian with the same gaps."""
