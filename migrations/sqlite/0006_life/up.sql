-- The life of a convention: its facts, its amendments, what it owes, and calendars of that. Everything computed here can be computed
-- again from signatures, clauses, amendments and facts (`passerelle obligations verify`).
UPDATE passerelle_schema SET minor = 4;

-- Terminal or not, the last day of the convention as it lives, and what ends it: the earliest of expiry, termination, lapse, abandonment.
ALTER TABLE conventions ADD COLUMN negotiation_on TEXT CHECK (negotiation_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]');
ALTER TABLE conventions ADD COLUMN ends_on TEXT CHECK (ends_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]');
ALTER TABLE conventions ADD COLUMN end_status TEXT CHECK (end_status IN ('expired', 'terminated', 'lapsed', 'abandoned'));
ALTER TABLE conventions ADD COLUMN renews_id BLOB REFERENCES conventions (id) CHECK (length(renews_id) = 16);
ALTER TABLE conventions ADD COLUMN readings TEXT NOT NULL DEFAULT '{}';
ALTER TABLE conventions ADD COLUMN texts TEXT NOT NULL DEFAULT '[]';
UPDATE conventions SET ends_on = last_day, end_status = 'expired' WHERE last_day IS NOT NULL AND in_force_from <= last_day;
UPDATE conventions SET ends_on = date(in_force_from, '-1 day'), end_status = 'expired' WHERE last_day IS NOT NULL AND in_force_from > last_day;
CREATE INDEX conventions_by_renewed ON conventions (renews_id);

-- What a fact refers to (a reception, to its sending), the day it names, the duty it is evidence of, and files that prove it.
ALTER TABLE facts ADD COLUMN refers_to BLOB REFERENCES facts (id) CHECK (length(refers_to) = 16);
ALTER TABLE facts ADD COLUMN effective_on TEXT CHECK (effective_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]');
ALTER TABLE facts ADD COLUMN duty TEXT;
ALTER TABLE facts ADD COLUMN proof TEXT NOT NULL DEFAULT '[]';

-- The axis of the national convention that an axis of a territorial one applies, or why none.
ALTER TABLE axes ADD COLUMN parent_axis_id BLOB REFERENCES axes (id) CHECK (length(parent_axis_id) = 16);
ALTER TABLE axes ADD COLUMN parent_axis_reason TEXT;

-- Amendments (avenants): edits of the text and the changes of clauses that follow, applied when the text is read, never written into it.
CREATE TABLE amendments (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) CHECK (length(convention_id) = 16),
  position INTEGER NOT NULL,
  title TEXT NOT NULL,
  requested_by BLOB REFERENCES parties (id) CHECK (length(requested_by) = 16),
  effective_on TEXT CHECK (effective_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  edits TEXT NOT NULL,
  clause_changes TEXT NOT NULL,
  warnings TEXT NOT NULL,
  source TEXT,
  source_sha256 TEXT CHECK (length(source_sha256) = 64),
  content_hash TEXT NOT NULL,
  first_signed_on TEXT CHECK (first_signed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  complete_on TEXT CHECK (complete_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  in_force_from TEXT CHECK (in_force_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX amendments_by_convention ON amendments (convention_id, position);

-- Articles and clauses that exist by an amendment alone: where to look for them.
CREATE TABLE amendment_pieces (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  amendment_id BLOB NOT NULL REFERENCES amendments (id) ON DELETE CASCADE CHECK (length(amendment_id) = 16),
  kind TEXT NOT NULL CHECK (kind IN ('article', 'clause'))
) STRICT;
CREATE INDEX amendment_pieces_by_amendment ON amendment_pieces (amendment_id);

CREATE TABLE amendment_signatures (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) CHECK (length(convention_id) = 16),
  amendment_id BLOB NOT NULL REFERENCES amendments (id) CHECK (length(amendment_id) = 16),
  position INTEGER NOT NULL,
  party_id BLOB NOT NULL REFERENCES parties (id) CHECK (length(party_id) = 16),
  signatory TEXT NOT NULL,
  signatory_key TEXT NOT NULL,
  function TEXT NOT NULL,
  signed_on TEXT NOT NULL CHECK (signed_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  place TEXT,
  content_hash TEXT NOT NULL,
  proof TEXT,
  replaces BLOB REFERENCES amendment_signatures (id) CHECK (length(replaces) = 16),
  recorded_by BLOB NOT NULL CHECK (length(recorded_by) = 16),
  recorded_at INTEGER NOT NULL,
  voided_at INTEGER
) STRICT;
CREATE INDEX amendment_signatures_by_amendment ON amendment_signatures (amendment_id, position, id);
CREATE UNIQUE INDEX amendment_signatures_once ON amendment_signatures (amendment_id, party_id) WHERE voided_at IS NULL;

-- The ledger as last computed, for lists over conventions: dates only, so that no row depends on today.
CREATE TABLE duties (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  convention_id BLOB NOT NULL REFERENCES conventions (id) ON DELETE CASCADE CHECK (length(convention_id) = 16),
  key TEXT NOT NULL,
  rule TEXT NOT NULL,
  nature TEXT NOT NULL,
  -- The side that owes it, or one party; every party when both are null.
  owed_side TEXT CHECK (owed_side IN ('state', 'association', 'other')),
  owed_party_id BLOB REFERENCES parties (id) CHECK (length(owed_party_id) = 16),
  -- The dates on which the ledger has this row: a later text of the convention may state the duty otherwise.
  valid_from TEXT NOT NULL CHECK (valid_from GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  valid_until TEXT CHECK (valid_until GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  due_on TEXT CHECK (due_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  deadline_on TEXT CHECK (deadline_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  met_on TEXT CHECK (met_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  void_on TEXT CHECK (void_on GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  -- The order of lists: due_on, or the end of time.
  due_key TEXT NOT NULL CHECK (due_key GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]'),
  -- The rest of the duty, as answered.
  body TEXT NOT NULL,
  -- The last status that the change feed was told of.
  told TEXT
) STRICT;
CREATE UNIQUE INDEX duties_once ON duties (convention_id, key, valid_from);
CREATE INDEX duties_by_due ON duties (due_key, id);

-- Secret addresses of calendars: whoever has one sees what its holder sees. The secret is kept as SHA-256.
CREATE TABLE calendars (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  version INTEGER NOT NULL CHECK (version > 0),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  -- The client or the grant whose perimeter it shows.
  holder_id BLOB NOT NULL CHECK (length(holder_id) = 16),
  convention_id BLOB REFERENCES conventions (id) ON DELETE CASCADE CHECK (length(convention_id) = 16),
  secret_hash TEXT NOT NULL CHECK (length(secret_hash) = 64),
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  revoked_at INTEGER
) STRICT;
CREATE UNIQUE INDEX calendars_by_secret ON calendars (secret_hash);
CREATE INDEX calendars_by_holder ON calendars (holder_id, created_at, id);
