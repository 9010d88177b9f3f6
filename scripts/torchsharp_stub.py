#!/usr/bin/env python3
"""Writes C# with TorchSharp's public signatures (bodies empty) from the API listing, for scripts/check-torchsharp.sh.

Members whose types the listing does not describe are left out: what our code uses is described.
"""
import re
import sys

KEYWORDS = {"bool", "byte", "double", "float", "int", "long", "short", "char", "half", "out", "from", "implicit", "params",
            "object", "ref", "in", "base"}
KNOWN = {"void", "bool", "byte", "sbyte", "short", "int", "long", "float", "double", "string", "object", "char", "IntPtr",
         "Half", "Array", "Range", "Index", "IDisposable", "IEnumerable", "IList", "ICollection", "IReadOnlyList", "List",
         "Dictionary", "ReadOnlySpan", "Span", "Memory", "Func", "Action", "ulong", "ValueTuple", "T", "T1", "T2", "T3",
         "System", "Globalization", "CultureInfo", "IO", "BinaryReader", "BinaryWriter", "Stream", "KeyValuePair",
         "IEnumerator"}
RENAMES = [(r"\bInt16\b", "short"), (r"\bSByte\b", "sbyte"), (r"\bUInt64\b", "ulong"), (r"\bIO\.", "System.IO."),
           (r"\bGlobalization\.", "System.Globalization.")]
# Types that the listing names without describing them.
EXTRA = """
namespace TorchSharp.Utils { public class TensorAccessor<T> : System.Collections.Generic.IEnumerable<T> {
    public T[] ToArray() => throw null!; public long Count => throw null!;
    public System.Collections.Generic.IEnumerator<T> GetEnumerator() => throw null!;
    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => throw null!; } }
namespace TorchSharp.Modules { public abstract class OptimizerState { } public abstract class OptimizerOptions { }
    public abstract class ParamGroup : torch.optim.ILearningRateController { public double LearningRate { get; set; }
    public double InitialLearningRate { get; set; } } }
namespace TorchSharp.Modules { public partial class AdamW { public class ParamGroup : TorchSharp.Modules.ParamGroup { }
    public class State : OptimizerState { public long step; public torch.Tensor exp_avg, exp_avg_sq, max_exp_avg_sq; } } }
namespace TorchSharp { public static partial class torch { public enum RoundingMode { None, trunc, floor } } }
"""
BASES = {"torch.Tensor": " : System.IDisposable", "TorchSharp.Scalar": " : System.IDisposable",
         "TorchSharp.DisposeScope": " : System.IDisposable", "torch.Generator": " : System.IDisposable",
         "TorchSharp.Modules.Parameter": " : torch.Tensor", "torch.optim.Optimizer": " : System.IDisposable",
         "TorchSharp.Modules.OptimizerHelper": " : torch.optim.Optimizer",
         "TorchSharp.Modules.AdamW": " : OptimizerHelper"}
TYPES = ["TorchSharp.DeviceType", "TorchSharp.DisposeScope", "TorchSharp.Scalar", "TorchSharp.ScalarExtensionMethods",
         "TorchSharp.TensorExtensionMethods", "TorchSharp.TensorStringStyle", "TorchSharp.PaddingModes",
         "TorchSharp.torch", "torch.Device", "torch.Generator", "torch.ScalarType", "torch.Size", "torch.Tensor",
         "torch.TensorIndex", "torch.autograd", "torch.cuda", "torch.nn", "torch.nn.Reduction", "torch.nn.functional",
         "torch.nn.utils", "torch.optim", "torch.optim.ILearningRateController", "torch.optim.Optimizer",
         "torch.random", "torch.linalg", "torch.special", "TorchSharp.Modules.Parameter",
         "TorchSharp.Modules.OptimizerHelper", "TorchSharp.Modules.AdamW"]
OPERATORS = {"op_Addition": "+", "op_Subtraction": "-", "op_Multiply": "*", "op_Division": "/", "op_Modulus": "%",
             "op_UnaryNegation": "-", "op_OnesComplement": "~", "op_BitwiseAnd": "&", "op_BitwiseOr": "|",
             "op_ExclusiveOr": "^", "op_Equality": "==", "op_Inequality": "!=", "op_LessThan": "<",
             "op_GreaterThan": ">", "op_LessThanOrEqual": "<=", "op_GreaterThanOrEqual": ">="}


def read(path):
    types, members = {}, None
    for line in open(path, encoding="utf-8"):
        line = line.rstrip("\n")
        if line.startswith("## "):
            kind, name = line[3:].rsplit(" ", 1)
            members = types.setdefault(name, (kind, []))[1]
        elif line and members is not None:
            members.append(line)
    return types


def split(text):
    parts, depth, part = [], 0, ""
    for char in text:
        depth += (char in "(<[") - (char in ")>]")
        if char == "," and depth == 0:
            parts.append(part.strip())
            part = ""
        else:
            part += char
    return parts + [part.strip()] if part.strip() else parts


def known(text, names):
    words = re.findall(r"[A-Za-z_]\w*", text)
    return all(word in KNOWN or word in names for word in words) and "&" not in text and "`" not in text


def escape(name):
    return "@" + name if name in KEYWORDS else name


def default(kind, value):
    if value in ("True", "False"):
        return value.lower()
    if value == "null":
        return "default"
    if re.fullmatch(r"-?[\d.]+(E-?\d+)?", value):
        return value + ("f" if kind == "float" else "")
    return f"{kind}.{value}" if kind not in ("string",) else f'"{value}"'


def parameter(text):
    prefix = "params " if text.startswith("params ") else ""
    text = text.removeprefix("params ")
    text, _, value = text.partition(" = ")
    kind, name = text.rsplit(" ", 1)
    return prefix + kind + " " + escape(name) + (f" = {default(kind, value)}" if value else "")


def emit(line, names, static_class, type_name):
    for pattern, text in RENAMES:
        line = re.sub(pattern, text, line)
    static = "static " if line.startswith("static ") else ""
    line = line.removeprefix("static ")
    if match := re.fullmatch(r"\.ctor\((.*)\)", line):
        return constructor(match[1], names, type_name)
    if match := re.fullmatch(r"(.+) (\w+);", line):
        return f"public {static}{match[1]} {escape(match[2])} = default!;" if known(match[1], names) else None
    if match := re.fullmatch(r"(.+) (this\[.*\]|\w+) \{ (.*) \}", line):
        return property_of(match, static, names)
    match = re.fullmatch(r"(.+?) (\w+)(<[\w,]+>)?\((.*)\)", line) or re.fullmatch(r"(\(.+?\)) (\w+)(<[\w,]+>)?\((.*)\)", line)
    return method(match, static, names, static_class, type_name) if match else None


def constructor(parameters, names, type_name):
    items = split(parameters)
    if not all(known(item.split(" = ")[0].rsplit(" ", 1)[0].removeprefix("params "), names) for item in items):
        return None
    base = " : base()" if type_name == "Parameter" else ""
    return f"public {type_name}({', '.join(map(parameter, items))}){base} {{ throw null!; }}"


def property_of(match, static, names):
    kind, name, accessors = match.groups()
    if not known(kind, names):
        return None
    body = "".join(f"{a} {'=> throw null!' if a == 'get' else '{ }'}{';' if a == 'get' else ''} " for a in
                   accessors.replace(";", "").split())
    if name.startswith("this["):
        items = split(name[5:-1])
        name = f"this[{', '.join(map(parameter, items))}]"
        if not all(known(item.removeprefix("params ").rsplit(" ", 1)[0], names) for item in items):
            return None
    else:
        name = escape(name)
    return f"public {static}{kind} {name} {{ {body}}}"


def method(match, static, names, static_class, type_name):
    kind, name, generic, parameters = match.groups()
    items = split(parameters)
    if not known(kind, names) or not all(
            known(item.split(" = ")[0].removeprefix("params ").rsplit(" ", 1)[0], names) for item in items):
        return None
    arguments = ", ".join(map(parameter, items))
    if name in ("op_Implicit", "op_Explicit"):
        return f"public static {name[3:].lower()} operator {kind}({arguments}) => throw null!;"
    if name in OPERATORS:
        return f"public static {kind} operator {OPERATORS[name]}({arguments}) => throw null!;"
    if name.startswith("op_"):
        return None
    override = "override " if name in ("ToString", "GetHashCode") and not items or (name == "Equals" and parameters == "object obj") else ""
    this = "this " if type_name.endswith("ExtensionMethods") and name != "Load" and items else ""
    limit = " where T : unmanaged" if generic == "<T>" and name in ("item", "data") else \
        "".join(f" where {t} : System.IDisposable" for t in (generic or "<>")[1:-1].split(",") if t and type_name == "DisposeScope")
    return f"public {static}{override}{kind} {escape(name)}{generic or ''}({this}{arguments}){limit} => throw null!;"


def signature(line):
    """Two members that differ in parameter names only are one in C#."""
    return re.sub(r" @?\w+( = [^,)]+)?(?=[,)])", "", line)


def main():
    types = read(sys.argv[1])
    names = {part for name in TYPES for part in name.split(".")} | set(re.findall(r"(?:class|enum|interface) (\w+)", EXTRA))
    print("// Written by scripts/torchsharp_stub.py.\n#nullable disable\n#pragma warning disable\nusing System; using System.Collections.Generic; using TorchSharp; using TorchSharp.Utils;")
    for name in TYPES:
        kind, members = types[name]
        path = (name if name.startswith("TorchSharp") else "TorchSharp." + name).split(".")
        space = 2 if path[1] == "Modules" else 1
        nest, type_name = path[space:-1], path[-1]
        lines = [m + "," for m in members] if kind == "enum" else \
            sorted({line for m in members if (line := emit(m, names, kind == "static class", type_name))})
        if kind == "interface":
            lines = ["double LearningRate { get; set; }", "double InitialLearningRate { get; set; }"]
        lines = list({signature(line): line for line in lines}.values())
        if type_name == "Tensor":
            lines += ["protected Tensor() { }", "public override bool Equals(object obj) => throw null!;"]
        if type_name == "Optimizer" or type_name == "OptimizerHelper":
            kind = "abstract class"
        body = "\n".join("    " + line for line in dict.fromkeys(lines))
        modifier = "partial " if kind not in ("enum",) else ""
        kind = kind.replace("static class", "static partial class") if "static" in kind else kind
        modifier = "" if "partial" in kind or kind == "enum" or kind == "interface" else "partial "
        declaration = kind.replace("abstract class", "abstract partial class") if "abstract" in kind else modifier + kind
        print(f"namespace {'.'.join(path[:space])} {{ " + "".join(f"public static partial class {n} {{ " for n in nest)
              + f"public {declaration} {type_name}{BASES.get(name, '')} {{\n{body}\n}} " + "} " * len(nest) + "}")
    print(EXTRA)


main()
