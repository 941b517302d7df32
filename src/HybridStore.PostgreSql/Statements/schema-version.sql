SELECT number, readable_from FROM hybridstore.schema_version
