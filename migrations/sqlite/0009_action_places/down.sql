ALTER TABLE actions DROP COLUMN departement;
UPDATE passerelle_schema SET minor = 6;
