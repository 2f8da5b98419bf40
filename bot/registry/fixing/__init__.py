"""What is mechanically wrong with a registry file, put right in place: comments and layout stay as they are."""
