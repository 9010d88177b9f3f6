namespace Vlm.Eval.Reports;

/// <summary>Colours and lines of every plot, in a page or in a file of its own: for light, dark and print.</summary>
internal static class PlotStyle
{
    /// <summary>CSS.</summary>
    public const string Css = """
        :root { color-scheme: light dark; --ink: #1b1f24; --soft: #667; --line: #d5d9e0; --page: #fff;
          --series-0: #0b63c4; --series-1: #c4470b; --series-2: #1b8a3a; --series-3: #8a2bc4; --series-4: #a17400; --series-5: #c01f6b; --series-6: #008b8b; --series-7: #555; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6e8eb; --soft: #9aa3b0; --line: #3a414b; --page: #14171b;
          --series-0: #6cb0ff; --series-1: #ff9a66; --series-2: #6fd68b; --series-3: #cf9bff; --series-4: #e6c04d; --series-5: #ff7fb5; --series-6: #4fd6d6; --series-7: #bbb; } }
        .plot { width: 100%; height: auto; } .plot .grid { stroke: var(--line); stroke-width: .6; } .plot .axis { fill: none; stroke: var(--soft); }
        .plot .label { fill: var(--soft); font-size: 10.5px; } .plot-title { fill: var(--ink); font-size: 13px; font-weight: 600; }
        .series { stroke: var(--c); fill: var(--c); stroke-width: 1.4; } .series polyline { fill: none; } .series text { stroke: none; }
        """;
}
