namespace Vlm.Eval.Scenes;

/// <summary>Outline of an object.</summary>
public enum SceneShape
{
    Circle,
    Square,
    Triangle,
    Star,
    Cross,
    Diamond,
}

/// <summary>Colour of an object.</summary>
public enum SceneColour
{
    Red,
    Green,
    Blue,
    Yellow,
    Purple,
    Orange,
    White,
    Black,
}

/// <summary>What is painted under the objects.</summary>
public enum SceneTexture
{
    Plain,
    Noise,
    Waves,
    Tiles,
}

/// <summary>One object. Lengths are shares of the picture's longer side.</summary>
/// <param name="Shape">Outline.</param>
/// <param name="Colour">Named colour; the painted one differs a little.</param>
/// <param name="IsLarge">Of the two sizes.</param>
/// <param name="IsStriped">Stripes of a darker (for black: lighter) shade.</param>
/// <param name="X">Centre, from the left edge.</param>
/// <param name="Y">Centre, from the upper edge.</param>
/// <param name="Radius">Half its extent.</param>
public sealed record SceneObject(
    SceneShape Shape, SceneColour Colour, bool IsLarge, bool IsStriped, double X, double Y, double Radius)
{
    /// <summary>Colour and shape as in questions, e.g. <c>red circle</c>.</summary>
    public string Name => SceneWords.Pair(Colour, Shape);
}

/// <summary>A board with printed characters. Lengths are shares of the picture's longer side.</summary>
/// <param name="Text">One to three characters of <see cref="SceneGlyphs.Characters"/>.</param>
/// <param name="X">Centre, from the left edge.</param>
/// <param name="Y">Centre, from the upper edge.</param>
/// <param name="CharacterHeight">Height of a character.</param>
public sealed record SceneBoard(string Text, double X, double Y, double CharacterHeight)
{
    /// <summary>Side of a glyph's dots.</summary>
    public double Dot => CharacterHeight / SceneGlyphs.Rows;

    /// <summary>Half its width: the characters, a dot between them, two and a half dots of margin.</summary>
    public double HalfWidth => Dot * ((((SceneGlyphs.Columns + 1) * Text.Length) + 4) / 2.0);

    /// <summary>Half its height.</summary>
    public double HalfHeight => Dot * ((SceneGlyphs.Rows + 5) / 2.0);

    /// <summary>Left edge of a character.</summary>
    public double Left(int character) => X - HalfWidth + (Dot * (2.5 + ((SceneGlyphs.Columns + 1) * character)));

    /// <summary>Upper edge of the characters.</summary>
    public double Top => Y - (CharacterHeight / 2);
}

/// <summary>A picture before it is painted.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Texture">Pattern of the background.</param>
/// <param name="Objects">They do not touch.</param>
/// <param name="Boards">None or one in ordinary scenes.</param>
/// <param name="PaintSeed">Decides colours and details that no question asks for.</param>
public sealed record Scene(
    int Width, int Height, SceneTexture Texture, IReadOnlyList<SceneObject> Objects, IReadOnlyList<SceneBoard> Boards,
    ulong PaintSeed)
{
    /// <summary>Pixels of the longer side: the unit of all lengths.</summary>
    public int Side => Math.Max(Width, Height);
}
