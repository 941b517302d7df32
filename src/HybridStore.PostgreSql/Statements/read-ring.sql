SELECT version, content FROM hybridstore.key_ring WHERE hybridstore.on_primary_v1()
