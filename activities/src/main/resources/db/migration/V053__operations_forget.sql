-- Why: once an operation is over and everybody has been told, its rows of orders say nothing that its counts do not, but for those that
-- failed; of operations on a hundred thousand orders they would be most of the database.
GRANT DELETE ON bulk_operation_order TO ${appRole};
