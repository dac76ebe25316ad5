-- Actions as lists serve them, found by the order that people ask for.
UPDATE passerelle_schema SET minor = 6;

-- What a list answers for this row, as long as its version is `shown_version`; null when that depends on who reads it. `shown_form`: which
-- form of the answer; 0 until a job has written it.
ALTER TABLE actions ADD COLUMN shown TEXT;
ALTER TABLE actions ADD COLUMN shown_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE actions ADD COLUMN shown_form INTEGER NOT NULL DEFAULT 0;
CREATE INDEX actions_to_show ON actions (id) WHERE shown_form = 0;

-- A page in one state, of a convention or of an académie, is one walk along an index.
CREATE INDEX actions_by_state ON actions (convention_id, status, day, id);
CREATE INDEX actions_by_place ON actions (academie, status, day, id, convention_id);

-- The actions of one kind in a school around a day: possible twins.
ALTER TABLE action_schools ADD COLUMN kind TEXT;
ALTER TABLE action_schools ADD COLUMN starts_on TEXT;
ALTER TABLE action_schools ADD COLUMN ends_on TEXT;
UPDATE action_schools SET kind = a.kind, starts_on = a.starts_on, ends_on = a.ends_on FROM actions AS a WHERE a.id = action_id;
CREATE INDEX action_schools_by_day ON action_schools (uai, kind, ends_on, starts_on, action_id);

-- Since when it is recorded that the action was held: evidence of what its axis commits to.
ALTER TABLE actions ADD COLUMN held_at INTEGER;
UPDATE actions SET held_at = updated_at WHERE status IN ('held', 'reported');
CREATE INDEX actions_held ON actions (axis_id, starts_on) WHERE held_at IS NOT NULL;
CREATE INDEX axes_by_parent ON axes (parent_axis_id) WHERE parent_axis_id IS NOT NULL;
