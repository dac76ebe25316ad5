-- What happened in the life of a convention: recorded, never rewritten; a correction names the fact that it replaces.
UPDATE passerelle_schema SET minor = 3;

CREATE TABLE facts (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) ON DELETE CASCADE CHECK (length(convention_id) = 16),
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  party_id BLOB NOT NULL REFERENCES parties (id) CHECK (length(party_id) = 16),
  occurred_on TEXT NOT NULL CHECK (occurred_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  note TEXT,
  replaces BLOB REFERENCES facts (id) CHECK (length(replaces) = 16),
  replaced_at INTEGER,
  recorded_by BLOB NOT NULL CHECK (length(recorded_by) = 16),
  -- The organisation whose caller recorded it; null for the operator.
  recorder_id BLOB CHECK (length(recorder_id) = 16),
  recorded_at INTEGER NOT NULL,
  -- What the party says of a fact that another recorded for it.
  answer TEXT CHECK (answer IN ('acknowledged', 'contested')),
  answer_note TEXT,
  answered_by BLOB CHECK (length(answered_by) = 16),
  answered_at INTEGER,
  CHECK ((answer IS NULL) = (answered_at IS NULL))
) STRICT;
CREATE INDEX facts_by_convention ON facts (convention_id, position, id);
CREATE UNIQUE INDEX facts_replaced_once ON facts (replaces);
