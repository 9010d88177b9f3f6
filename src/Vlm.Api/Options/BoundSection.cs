namespace Vlm.Api.Options;

/// <summary>A section of the configuration.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Options">The type that it is bound to; a section may have several.</param>
internal sealed record BoundSection(string Name, Type Options)
{
    /// <summary>Refuses mistyped options on the command line, which the binding passes over. Sections of others, such as Kestrel's, are theirs to
    /// judge.</summary>
    /// <param name="sections">The sections of this server.</param>
    /// <param name="args">The command line.</param>
    /// <exception cref="FormatException">A section has no such option.</exception>
    public static void Check(IReadOnlyCollection<BoundSection> sections, IEnumerable<string> args)
    {
        foreach (string key in args.Where(arg => arg.StartsWith("--", StringComparison.Ordinal)).Select(arg => arg[2..].Split('=')[0]))
        {
            if (key.Split(':') is not [var name, var option, ..])
            {
                continue;
            }

            string[] known = [.. sections
                .Where(section => section.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .SelectMany(section => section.Options.GetProperties())
                .Select(property => property.Name)];
            if (known.Length > 0 && !known.Contains(option, StringComparer.OrdinalIgnoreCase))
            {
                throw new FormatException($"{key}: expected one of {string.Join(", ", known)} in section {name}, found '{option}'.");
            }
        }
    }
}
