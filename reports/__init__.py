"""What leaves and enters as files: tables read and written; nothing here decides anything."""
