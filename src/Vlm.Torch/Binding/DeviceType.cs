namespace TorchSharp;

/// <summary>Kinds of device, numbered as in libtorch; those that this engine uses.</summary>
public enum DeviceType
{
    CPU = 0,
    CUDA = 1,
    META = 14,
}
