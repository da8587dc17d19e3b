-- Tags whose data was erased and is not mirrored again. The list names none of
-- them, but whoever knows a tag can see whether it is there: so there is no view of
-- it for people.
CREATE TABLE IF NOT EXISTS {sharded forgotten_tags_store by tag_hash}
(
    tag_hash   String               COMMENT 'SHA-256 of the tag, in hexadecimal',
    version    UInt64               COMMENT 'Microseconds since 1970 of the change; the newest wins',
    listed     UInt8                COMMENT '0 if the tag was taken off the list',
    changed_at DateTime64(3, 'UTC') COMMENT 'When it was put on the list, or taken off'
)
ENGINE = {engine ReplacingMergeTree(version)}
ORDER BY tag_hash
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'Tags whose data was erased and is not mirrored again, as hashes, with superseded rows';
