DROP TABLE jobs;
DROP TABLE feed_head;
CREATE TABLE changes_old (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  position INTEGER UNIQUE,
  kind TEXT NOT NULL,
  resource_id BLOB NOT NULL CHECK (length(resource_id) = 16),
  version INTEGER NOT NULL,
  operation TEXT NOT NULL CHECK (operation IN ('created', 'updated', 'deleted')),
  convention_id BLOB CHECK (length(convention_id) = 16),
  organisation_id BLOB CHECK (length(organisation_id) = 16),
  recorded_at INTEGER NOT NULL
) STRICT;
INSERT INTO changes_old (seq, position, kind, resource_id, version, operation, convention_id, organisation_id, recorded_at)
SELECT seq, position, kind, resource_id, version, operation, convention_id, organisation_id, recorded_at FROM changes
WHERE operation NOT IN ('moved', 'date_reached');
CREATE TABLE audit_entries_old (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
  change_seq INTEGER NOT NULL UNIQUE REFERENCES changes_old (seq),
  position INTEGER UNIQUE,
  client_id BLOB NOT NULL CHECK (length(client_id) = 16),
  request_id TEXT NOT NULL,
  act TEXT NOT NULL,
  details_digest TEXT NOT NULL CHECK (length(details_digest) = 64),
  previous_hash TEXT,
  hash TEXT,
  recorded_at INTEGER NOT NULL
) STRICT;
-- Entries whose change was dropped cannot be referred to again.
INSERT INTO audit_entries_old (seq, id, change_seq, position, client_id, request_id, act, details_digest, previous_hash, hash, recorded_at)
SELECT seq, id, change_seq, position, client_id, request_id, act, details_digest, previous_hash, hash, recorded_at
FROM audit_entries WHERE change_seq IN (SELECT seq FROM changes_old);
CREATE TABLE audit_details_old (
  entry_id BLOB NOT NULL PRIMARY KEY REFERENCES audit_entries_old (id) CHECK (length(entry_id) = 16),
  salt TEXT NOT NULL,
  before TEXT,
  after TEXT
) STRICT;
INSERT INTO audit_details_old (entry_id, salt, before, after)
SELECT entry_id, salt, before, after FROM audit_details WHERE entry_id IN (SELECT id FROM audit_entries_old);
DROP TABLE audit_details;
DROP TABLE audit_entries;
DROP TABLE changes;
ALTER TABLE changes_old RENAME TO changes;
ALTER TABLE audit_entries_old RENAME TO audit_entries;
ALTER TABLE audit_details_old RENAME TO audit_details;
CREATE INDEX changes_unstamped ON changes (seq) WHERE position IS NULL;
ALTER TABLE organisations DROP COLUMN audience_id;
ALTER TABLE conventions DROP COLUMN audience_id;
DROP TABLE audience_readers;
DROP TABLE audiences;
UPDATE passerelle_schema SET minor = 0;
