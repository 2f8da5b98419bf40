"""Protobuf definitions: the language (proto2, proto3, editions 2023 and 2024) and the comparison of two sides."""
