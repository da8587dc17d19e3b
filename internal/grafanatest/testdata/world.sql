-- Backtraces of two years up to now, three accesses each on the average: 200,000
-- viewers and 5,000 titles of which few make the most, all countries, 240 user agents,
-- each access from one of a viewer's addresses, of which
-- few make the most, in 300,000 blocks that viewers share. Ids begin with the second of
-- creation, as the source's do.
INSERT INTO backtraces_store
(
    id, version, status, percentage_completed, input_name, pipeline_id, file_id, job_id, application_id, user_id,
    error_code, error_msg, created_at, updated_at, finished_at,
    `extracted.extracted_index`, `extracted.autograph_tag`, `extracted.access_count`,
    `access.extracted_index`, `access.access_index`, `access.autograph_tag`, `access.ip_address`, `access.ip_country`,
    `access.ip_type`, `access.user_agent`, `access.accept_language`, `access.first_accessed_at`,
    `access.percentage_obtained`, `access.highest_resolution`, `access.streaming_only`, raw, content_hash, run_id
)
WITH
    (SELECT groupArray(name) FROM (SELECT name FROM countries ORDER BY sipHash64(name))) AS names,
    x -> sipHash64(number, x) / 18446744073709551616 AS chance, -- of 0 to 1, the same each time
    (i, x) -> sipHash64(number, i, x) / 18446744073709551616 AS chance_of,
    chance('status') < 0.85 AS success,
    success ? [1, 1, 2, 2, 3, 3, 4, 5, 6, 8][toUInt32(1 + floor(10 * chance('count')))] : 0 AS accesses,
    range(toUInt32(accesses)) AS places,
    toUInt32(floor(200000 * pow(chance('viewer'), 2))) AS viewer,
    'viewer_' || toString(viewer) AS tag,
    toUInt32(floor(5000 * pow(chance('title'), 2))) AS title,
    toUnixTimestamp64Milli(now64(3)) - toInt64(63072000000 * chance('created')) AS created
SELECT
    lower(hex(toUInt32(intDiv(created, 1000)))) || leftPad(lower(hex(number)), 16, '0'), 1, if(success, 'SUCCESS', 'FAILURE'), 100, 'uploads/' || hex(sipHash64(number)) || '/title_' || toString(title) || '.mp4',
    'pipeline_' || toString(number % 5), leftPad(lower(hex(title)), 24, '6'), leftPad(lower(hex(title)), 24, '7'),
    'application_' || toString(number % 3), 'user_' || toString(number % 12),
    success ? '' : '0x0700003', success ? '' : 'No AutoGraph watermark found',
    fromUnixTimestamp64Milli(created, 'UTC'), fromUnixTimestamp64Milli(created, 'UTC'), fromUnixTimestamp64Milli(created + 60000, 'UTC'),
    success ? [0] : [], success ? [tag] : [], success ? [accesses] : [],
    arrayMap(i -> 0, places), places, arrayMap(i -> tag, places),
    arrayMap(address -> IPv4NumToString(toUInt32(256 * floor(300000 * pow(address / 18446744073709551616, 2)) + address % 254)),
        arrayMap(i -> sipHash64(viewer, toUInt32(floor(400 * pow(chance_of(i, 'address'), 3)))), places)),
    arrayMap(i -> chance_of(i, 'nowhere') < 0.02 ? '' : names[toUInt32(1 + floor(length(names) * pow(chance_of(i, 'country'), 3)))], places),
    arrayMap(i -> ['UNK', 'ISP', 'ISP', 'ISP', 'MOB', 'MOB', 'VPN', 'DCH', 'TOR', 'UNK'][toUInt32(1 + floor(10 * chance_of(i, 'type')))], places),
    arrayMap(i -> replaceOne(['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/N.0.0.0 Safari/537.36',
        'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/N.0',
        'Mozilla/5.0 (iPhone; CPU iPhone OS 17_4_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/N.1 Mobile/15E148 Safari/604.1',
        'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/N.0.0.0 Mobile Safari/537.36',
        'Mozilla/5.0 (SMART-TV; Linux; Tizen 6.5) AppleWebKit/537.36 (KHTML, like Gecko) Version/N.0 TV Safari/537.36', 'curl/8.N.0']
        [toUInt32(1 + floor(6 * chance_of(i, 'agent')))], 'N.', toString(80 + floor(40 * chance_of(i, 'release'))) || '.'), places),
    arrayMap(i -> ['en-US,en;q=0.9', 'de-DE,de;q=0.9', 'fr-FR,fr;q=0.9', 'es-ES,es;q=0.9', 'pt-BR,pt;q=0.9', 'ru-RU,ru;q=0.9', 'zh-CN,zh;q=0.9',
        'ko-KR,ko;q=0.9', 'et-EE,et;q=0.9', ''][toUInt32(1 + floor(10 * chance_of(i, 'language')))], places),
    arrayMap(i -> chance_of(i, 'never') < 0.02 ? NULL : fromUnixTimestamp64Milli(created - toInt64(-log(chance_of(i, 'before') + 1e-9) * 864000000), 'UTC'), places),
    arrayMap(i -> chance_of(i, 'whole') < 0.3 ? 100 : round(100 * chance_of(i, 'taken'), 1), places),
    arrayMap(i -> [NULL, 352, 720, 1080, 2160][toUInt32(1 + floor(5 * chance_of(i, 'lines')))], places),
    arrayMap(i -> [NULL, true, true, false][toUInt32(1 + floor(4 * chance_of(i, 'way')))], places),
    '{}', number, 'bench'
FROM numbers(toUInt64({from:UInt64}), toUInt64({count:UInt64}))
SETTINGS max_insert_threads = 2
