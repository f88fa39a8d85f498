"""What people carry away: tables, and later charts, documents, calendars and posters."""
