DROP TABLE files;
DROP TABLE blob_chunks;
DROP TABLE blobs;
UPDATE passerelle_schema SET minor = 1;
