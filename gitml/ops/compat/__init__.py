"""While a project runs an older tool beside gitml: chats and sessions as that tool's files, one a record."""
