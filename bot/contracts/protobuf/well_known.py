"""The files that come with every Protobuf compiler, as far as others refer to them: which types they define.

From the definitions in protocolbuffers/protobuf, src/google/protobuf.
"""

from __future__ import annotations

from collections.abc import Mapping

_MESSAGES = {
    "any": "Any",
    "api": "Api Method Mixin",
    "compiler/plugin": "",
    "cpp_features": "",
    "descriptor": "FileDescriptorSet FileDescriptorProto DescriptorProto ExtensionRangeOptions FieldDescriptorProto "
    "OneofDescriptorProto EnumDescriptorProto EnumValueDescriptorProto ServiceDescriptorProto MethodDescriptorProto "
    "FileOptions MessageOptions FieldOptions OneofOptions EnumOptions EnumValueOptions ServiceOptions MethodOptions "
    "UninterpretedOption FeatureSet FeatureSetDefaults SourceCodeInfo GeneratedCodeInfo",
    "duration": "Duration",
    "empty": "Empty",
    "field_mask": "FieldMask",
    "go_features": "",
    "java_features": "",
    "source_context": "SourceContext",
    "struct": "Struct Value ListValue",
    "timestamp": "Timestamp",
    "type": "Type Field Enum EnumValue Option",
    "wrappers": "DoubleValue FloatValue Int64Value UInt64Value Int32Value UInt32Value BoolValue StringValue BytesValue",
}
_ENUMS = {
    "descriptor": "Edition SymbolVisibility FieldDescriptorProto.Type FieldDescriptorProto.Label "
    "FileOptions.OptimizeMode FieldOptions.CType FieldOptions.JSType FieldOptions.OptionRetention "
    "FieldOptions.OptionTargetType MethodOptions.IdempotencyLevel",
    "struct": "NullValue",
    "type": "Syntax Field.Kind Field.Cardinality",
}

WELL_KNOWN: Mapping[str, Mapping[str, str]] = {
    f"google/protobuf/{file}.proto": {f"google.protobuf.{name}": "message" for name in messages.split()}
    | {f"google.protobuf.{name}": "enum" for name in _ENUMS.get(file, "").split()}
    for file, messages in _MESSAGES.items()
}
"""Import path to full names with their kinds."""
