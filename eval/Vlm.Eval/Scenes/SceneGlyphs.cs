namespace Vlm.Eval.Scenes;

/// <summary>The characters on boards: our own dot letters, five columns by seven rows.</summary>
public static class SceneGlyphs
{
    /// <summary>Dots across.</summary>
    public const int Columns = 5;

    /// <summary>Dots down.</summary>
    public const int Rows = 7;

    /// <summary>All characters that boards may show.</summary>
    public const string Characters = "0123456789ACEFHLPT";

    // One row of dots per text, in the order of Characters.
    private static readonly string[][] Dots =
    [
        [".###.", "#...#", "#...#", "#...#", "#...#", "#...#", ".###."],
        ["..#..", ".##..", "..#..", "..#..", "..#..", "..#..", ".###."],
        [".###.", "#...#", "....#", "...#.", "..#..", ".#...", "#####"],
        ["####.", "....#", "....#", ".###.", "....#", "....#", "####."],
        ["...#.", "..##.", ".#.#.", "#..#.", "#####", "...#.", "...#."],
        ["#####", "#....", "####.", "....#", "....#", "#...#", ".###."],
        [".###.", "#....", "#....", "####.", "#...#", "#...#", ".###."],
        ["#####", "....#", "...#.", "...#.", "..#..", "..#..", "..#.."],
        [".###.", "#...#", "#...#", ".###.", "#...#", "#...#", ".###."],
        [".###.", "#...#", "#...#", ".####", "....#", "....#", ".###."],
        [".###.", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"],
        [".####", "#....", "#....", "#....", "#....", "#....", ".####"],
        ["#####", "#....", "#....", "####.", "#....", "#....", "#####"],
        ["#####", "#....", "#....", "####.", "#....", "#....", "#...."],
        ["#...#", "#...#", "#...#", "#####", "#...#", "#...#", "#...#"],
        ["#....", "#....", "#....", "#....", "#....", "#....", "#####"],
        ["####.", "#...#", "#...#", "####.", "#....", "#....", "#...."],
        ["#####", "..#..", "..#..", "..#..", "..#..", "..#..", "..#.."],
    ];

    /// <summary>Whether a dot of a character is printed.</summary>
    public static bool IsPrinted(char character, int column, int row) =>
        Dots[Characters.IndexOf(character, StringComparison.Ordinal)][row][column] == '#';
}
