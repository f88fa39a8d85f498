"""What leaves and enters as files: tables read and written, posters; nothing here decides anything."""
