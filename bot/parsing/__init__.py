"""The pool of killable children that read and compare."""
