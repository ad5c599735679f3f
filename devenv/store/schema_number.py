"""How the database's file is marked; nothing else, for what must start quickly."""

SCHEMA = 2
APPLICATION_ID = 0x64766E76
