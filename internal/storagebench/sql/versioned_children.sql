-- Children that carry the parent's version in their key; the parent commits.
CREATE TABLE versioned_access AS three_access
ENGINE = MergeTree ORDER BY (backtrace_id, version, extracted_index, access_index);

INSERT INTO versioned_access SELECT * FROM three_access WHERE NOT is_deleted;
