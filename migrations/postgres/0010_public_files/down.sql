ALTER TABLE files DROP COLUMN public;
UPDATE passerelle_schema SET minor = 7;
