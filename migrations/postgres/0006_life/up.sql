-- The life of a convention: its facts, its amendments, what it owes, and calendars of that. Everything computed here can be computed
-- again from signatures, clauses, amendments and facts (`passerelle obligations verify`).
UPDATE passerelle_schema SET minor = 4;

-- Terminal or not, the last day of the convention as it lives, and what ends it: the earliest of expiry, termination, lapse, abandonment.
ALTER TABLE conventions ADD COLUMN negotiation_on date;
ALTER TABLE conventions ADD COLUMN ends_on date;
ALTER TABLE conventions ADD COLUMN end_status text CHECK (end_status IN ('expired', 'terminated', 'lapsed', 'abandoned'));
ALTER TABLE conventions ADD COLUMN renews_id uuid REFERENCES conventions (id);
ALTER TABLE conventions ADD COLUMN readings text NOT NULL DEFAULT '{}';
ALTER TABLE conventions ADD COLUMN texts text NOT NULL DEFAULT '[]';
UPDATE conventions SET ends_on = last_day, end_status = 'expired' WHERE last_day IS NOT NULL AND in_force_from <= last_day;
UPDATE conventions SET ends_on = in_force_from - 1, end_status = 'expired' WHERE last_day IS NOT NULL AND in_force_from > last_day;
CREATE INDEX conventions_by_renewed ON conventions (renews_id);

-- What a fact refers to (a reception, to its sending), the day it names, the duty it is evidence of, and files that prove it.
ALTER TABLE facts ADD COLUMN refers_to uuid REFERENCES facts (id);
ALTER TABLE facts ADD COLUMN effective_on date;
ALTER TABLE facts ADD COLUMN duty text;
ALTER TABLE facts ADD COLUMN proof text NOT NULL DEFAULT '[]';

-- The axis of the national convention that an axis of a territorial one applies, or why none.
ALTER TABLE axes ADD COLUMN parent_axis_id uuid REFERENCES axes (id);
ALTER TABLE axes ADD COLUMN parent_axis_reason text;

-- Amendments (avenants): edits of the text and the changes of clauses that follow, applied when the text is read, never written into it.
CREATE TABLE amendments (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id),
  position bigint NOT NULL,
  title text NOT NULL,
  requested_by uuid REFERENCES parties (id),
  effective_on date,
  edits text NOT NULL,
  clause_changes text NOT NULL,
  warnings text NOT NULL,
  source text,
  source_sha256 text CHECK (length(source_sha256) = 64),
  content_hash text NOT NULL,
  first_signed_on date,
  complete_on date,
  in_force_from date,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL
);
CREATE UNIQUE INDEX amendments_by_convention ON amendments (convention_id, position);

-- Articles and clauses that exist by an amendment alone: where to look for them.
CREATE TABLE amendment_pieces (
  id uuid NOT NULL PRIMARY KEY,
  amendment_id uuid NOT NULL REFERENCES amendments (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('article', 'clause'))
);
CREATE INDEX amendment_pieces_by_amendment ON amendment_pieces (amendment_id);

CREATE TABLE amendment_signatures (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id),
  amendment_id uuid NOT NULL REFERENCES amendments (id),
  position bigint NOT NULL,
  party_id uuid NOT NULL REFERENCES parties (id),
  signatory text NOT NULL,
  signatory_key text COLLATE "C" NOT NULL,
  function text NOT NULL,
  signed_on date NOT NULL,
  place text,
  content_hash text NOT NULL,
  proof text,
  replaces uuid REFERENCES amendment_signatures (id),
  recorded_by uuid NOT NULL,
  recorded_at bigint NOT NULL,
  voided_at bigint
);
CREATE INDEX amendment_signatures_by_amendment ON amendment_signatures (amendment_id, position, id);
CREATE UNIQUE INDEX amendment_signatures_once ON amendment_signatures (amendment_id, party_id) WHERE voided_at IS NULL;

-- The ledger as last computed, for lists over conventions: dates only, so that no row depends on today.
CREATE TABLE duties (
  id uuid NOT NULL PRIMARY KEY,
  convention_id uuid NOT NULL REFERENCES conventions (id) ON DELETE CASCADE,
  key text NOT NULL,
  rule text NOT NULL,
  nature text NOT NULL,
  -- The side that owes it, or one party; every party when both are null.
  owed_side text CHECK (owed_side IN ('state', 'association', 'other')),
  owed_party_id uuid REFERENCES parties (id),
  -- The dates on which the ledger has this row: a later text of the convention may state the duty otherwise.
  valid_from date NOT NULL,
  valid_until date,
  due_on date,
  deadline_on date,
  met_on date,
  void_on date,
  -- The order of lists: due_on, or the end of time.
  due_key date NOT NULL,
  -- The rest of the duty, as answered.
  body text NOT NULL,
  -- The last status that the change feed was told of.
  told text
);
CREATE UNIQUE INDEX duties_once ON duties (convention_id, key, valid_from);
CREATE INDEX duties_by_due ON duties (due_key, id);

-- Secret addresses of calendars: whoever has one sees what its holder sees. The secret is kept as SHA-256.
CREATE TABLE calendars (
  id uuid NOT NULL PRIMARY KEY,
  version bigint NOT NULL CHECK (version > 0),
  name text NOT NULL,
  name_key text COLLATE "C" NOT NULL,
  -- The client or the grant whose perimeter it shows.
  holder_id uuid NOT NULL,
  convention_id uuid REFERENCES conventions (id) ON DELETE CASCADE,
  secret_hash text NOT NULL CHECK (length(secret_hash) = 64),
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  revoked_at bigint
);
CREATE UNIQUE INDEX calendars_by_secret ON calendars (secret_hash);
CREATE INDEX calendars_by_holder ON calendars (holder_id, created_at, id);
