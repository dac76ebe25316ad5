DROP TABLE facts;
UPDATE passerelle_schema SET minor = 2;
