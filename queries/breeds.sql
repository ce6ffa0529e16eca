-- The breeds that forms suggest, of all species; any other may be typed.
-- name: ListBreeds :many
SELECT species, name FROM breeds ORDER BY species, name;
