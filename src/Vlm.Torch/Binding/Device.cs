using System.Globalization;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>A device and its index; -1 is the current one.</summary>
    public class Device
    {
        internal Device(DeviceType deviceType, int index = -1)
        {
            type = deviceType;
            this.index = index < 0 && deviceType == DeviceType.CUDA ? 0 : index;
        }

        /// <exception cref="ArgumentException">The text is not <c>cpu</c>, <c>cuda</c>, <c>cuda:N</c> or <c>meta</c>.</exception>
        internal Device(string description)
        {
            string[] parts = description.Split(':');
            int number = -1;
            if (parts.Length > 2 ||
                (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out number)))
            {
                throw new ArgumentException($"Device: expected cpu, cuda, cuda:N or meta, found '{description}'.", nameof(description));
            }

            type = TypeOf(parts[0]);
            index = number < 0 && type == DeviceType.CUDA ? 0 : number;
        }

        public DeviceType type { get; }

        public int index { get; }

        public override string ToString()
        {
            string name = type.ToString().ToLowerInvariant();
            return index < 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{index}");
        }

        private static DeviceType TypeOf(string name) => name switch
        {
            "cpu" => DeviceType.CPU,
            "cuda" => DeviceType.CUDA,
            "meta" => DeviceType.META,
            _ => throw new ArgumentException($"Device: expected cpu, cuda, cuda:N or meta, found '{name}'."),
        };
    }

    public static readonly Device CPU = new(DeviceType.CPU);

    public static Device device(string description) => new(description);
}
