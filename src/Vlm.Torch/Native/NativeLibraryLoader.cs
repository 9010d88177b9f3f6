using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Vlm.Torch.Native;

/// <summary>Finds the shims: <c>VLM_NATIVE_DIR</c>, beside the program, then <c>artifacts/native</c> of the checkout.</summary>
public static class NativeLibraryLoader
{
    private const string Override = "VLM_NATIVE_DIR";
    private static int _hasThreads;

#pragma warning disable CA2255 // A resolver must stand before the first P/Invoke of this assembly, whoever calls it.
    [ModuleInitializer]
    internal static void Register() =>
        NativeLibrary.SetDllImportResolver(typeof(NativeLibraryLoader).Assembly, Resolve);
#pragma warning restore CA2255

    /// <summary>Folders that are searched, strongest first.</summary>
    public static IEnumerable<string> SearchFolders()
    {
        if (Environment.GetEnvironmentVariable(Override) is { Length: > 0 } folder)
        {
            yield return folder;
        }

        yield return AppContext.BaseDirectory;
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            yield return Path.Combine(at.FullName, "artifacts", "native");
        }
    }

    /// <summary>Where the shim <paramref name="name"/> (without lib and .so) is taken from; null when it is nowhere.</summary>
    public static string? Find(string name) =>
        SearchFolders().Select(folder => Path.Combine(folder, $"lib{name}.so")).FirstOrDefault(File.Exists);

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        if (!name.StartsWith("vlm", StringComparison.Ordinal))
        {
            return IntPtr.Zero;
        }

        string path = Find(name) ?? throw new DllNotFoundException(
            $"lib{name}.so: expected in {Override}, beside the program or in artifacts/native; found nowhere. " +
            "Build it with scripts/build-native.sh.");
        IntPtr library = NativeLibrary.Load(path);
        UsePhysicalCores(library);
        return library;
    }

    // Once: the runtime asks for the library with every function that is called for the first time.
    // Debian's libtorch counts one core in many virtual machines; OMP_NUM_THREADS stays in command.
    private static unsafe void UsePhysicalCores(IntPtr library)
    {
        if (Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is null &&
            NativeLibrary.TryGetExport(library, "vt_set_num_threads", out IntPtr function) && // libvlmmedia has none
            Interlocked.Exchange(ref _hasThreads, 1) == 0)
        {
            _ = ((delegate* unmanaged<int, int>)function)(PhysicalCores());
        }
    }

    // Two threads of a core share its vector units, which one keeps busy. Where the system does not say, all count.
    private static int PhysicalCores()
    {
        const string folder = "/sys/devices/system/cpu";
        if (!Directory.Exists(folder))
        {
            return Environment.ProcessorCount;
        }

        int cores = Directory.EnumerateDirectories(folder, "cpu*")
            .Select(cpu => Path.Combine(cpu, "topology", "thread_siblings_list"))
            .Where(File.Exists).Select(File.ReadAllText).Distinct().Count();
        return cores == 0 ? Environment.ProcessorCount : Math.Min(cores, Environment.ProcessorCount);
    }
}
