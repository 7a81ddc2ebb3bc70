"""What `publish` and `load` say."""

WORDS: dict[str, tuple[str, str]] = {
    "publish.line": ("line {number}", "строка {number}"),
    "publish.entry": ("entry {number}", "элемент {number}"),
    "publish.whole_file": ("the file", "файл"),
    "publish.hint.channel": ("say it for all with --set channel=web", "задайте для всех: --set channel=web"),
    "publish.hint.column": ("name its column with --map {field}={name}", "укажите столбец: --map {field}={name}"),
    "publish.hint.key": ("name its key with --map {field}={name}", "укажите ключ: --map {field}={name}"),
    "publish.hint.name": ("NAME", "ИМЯ"),
    "publish.no_object": ("is not a JSON object", "это не объект JSON"),
    "publish.no_object.remedy": ("write one complaint as an object", "запишите одну жалобу как объект"),
    "publish.no_such_cell": ("has more cells than the header", "ячеек больше, чем в заголовке"),
    "publish.no_such_cell.remedy": (
        "put cells that hold the separator into quotes",
        "ячейки с разделителем внутри возьмите в кавычки",
    ),
    "publish.not_a_letter": ("does not begin with mail headers", "не начинается с заголовков письма"),
    "publish.not_a_letter.remedy": ("save it as .eml", "сохраните письмо как .eml"),
    "publish.too_large": ("is over {most} bytes", "больше {most} байт"),
    "publish.too_large.remedy": ("leave attachments out", "уберите вложения"),
    "publish.unconfirmed": ("Kafka did not confirm it", "Kafka не подтвердила приём"),
    "publish.sending": ("Sending", "Отправка"),
    "publish.empty": (
        "There is nothing in it; a record is at least channel, source_id and text.",
        "Внутри пусто; в записи нужны хотя бы channel, source_id и text.",
    ),
    "publish.nothing_sent": (
        "{invalid} of {read} records are wrong: nothing was published. Mend them, or publish the others with --skip-invalid.",
        "Неверно: {invalid} из {read}. Ничего не отправлено: исправьте или отправьте остальные с --skip-invalid.",
    ),
    "publish.skipped": ("{invalid} of {read} records are wrong and were left out.", "Неверно и пропущено: {invalid} из {read}."),
    "publish.failed": ("{failed} not taken.", "Не принято: {failed}."),
    "publish.done_http": (
        "{sent} accepted: {registered} registered, {rejected} rejected, {doubles} doubles.",
        "Принято: {sent}. Зарегистрировано {registered}, отклонено {rejected}, повторов {doubles}.",
    ),
    "publish.done_kafka": (
        "{sent} confirmed by Kafka. What becomes of them: `redress counts --wait 60`.",
        "Kafka подтвердила: {sent}. Что с ними стало: `redress counts --wait 60`.",
    ),
    "publish.read": (
        "{sent} published, and intake has read them all. What became of them: `redress counts --wait 60`.",
        "Отправлено: {sent}; intake прочитал всё. Что с ними стало: `redress counts --wait 60`.",
    ),
    "publish.unread": (
        "{sent} published, but intake has not read them all yet. The embedded broker keeps nothing: only what intake has read "
        "is accepted. Look at `redress counts --wait 60`.",
        "Отправлено: {sent}, но intake прочитал ещё не всё. Встроенный брокер ничего не хранит: принято только прочитанное. "
        "Смотрите `redress counts --wait 60`.",
    ),
    "trouble.no_field": ("A complaint has no field {name}.", "Поля {name} у жалобы нет."),
    "trouble.no_column": ("Nothing in the file is called {name}.", "В файле нет ничего с именем {name}."),
    "remedy.did_you_mean": ("Did you mean {name}?", "Возможно, вы имели в виду {name}?"),
    "trouble.letters_as_they_are": (
        "Letters go as they are: --map and --set are for JSON and tables.",
        "Письма уходят как есть: --map и --set нужны для JSON и таблиц.",
    ),
    "remedy.letters_as_they_are": ("Leave these options out.", "Уберите эти параметры."),
    "trouble.not_read": (
        "Intake stopped reading after {sent} were published; the embedded broker must not be filled.",
        "После отправки {sent} записей intake перестал читать; переполнять встроенный брокер нельзя.",
    ),
    "remedy.not_read": (
        "See `redress doctor`, then publish the file again: what was read already is only a double.",
        "Посмотрите `redress doctor` и отправьте файл снова: уже прочитанное станет повтором.",
    ),
    "load.running": ("Sending {rate} a second", "Шлём {rate} в секунду"),
    "load.done": (
        "Sent {sent} in {seconds} s over {transport}: {accepted} accepted, {failed} failed.",
        "Отправлено {sent} за {seconds} с через {transport}: принято {accepted}, не вышло {failed}.",
    ),
    "load.latency": (
        "From due to accepted: p50 {p50} ms, p99 {p99} ms, at most {most} ms.",
        "От срока до приёма: p50 {p50} мс, p99 {p99} мс, максимум {most} мс.",
    ),
    "load.late": (
        "This machine could not keep up with the rate; the latencies include the delay.",
        "Машина не успевала за частотой; задержка входит в цифры.",
    ),
}
