"""Documents, atomic files, masking, worker ids; knows no collection. Doors: its modules."""
