SELECT s.incarnation, s.version, s.epoch, s.ahead_epoch, s.rolled_back_at, s.created_at, s.updated_at, s.tenant, s.name
FROM hybridstore.session s
WHERE hybridstore.on_primary_v1() AND (s.tenant, s.name) > ($1, $2) AND s.version > 0
ORDER BY s.tenant, s.name
LIMIT $3
