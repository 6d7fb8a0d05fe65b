-- Who pauses further than before says why.
GRANT UPDATE (reason) ON pause TO ${appRole};
GRANT UPDATE (reason) ON pause_of_all TO ${appRole};
