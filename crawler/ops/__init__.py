"""What stands around a crawl on a machine: doctor, scheduler, cron and systemd. Doors: its modules, one a command."""
