"""What others have published and we are held against: fetched once by pinned version and sha256, then cached."""
