namespace Vlm.Merge.Tests;

/// <summary>
/// Token counts and FLOPs against merging.md 13.2, whose rows were confirmed by running the public operators.
/// </summary>
public class MergeScheduleTests
{
    private const long HiddenSize = 1024;
    private const long MlpSize = 4096;

    [Theory]
    // Table T1.
    [InlineData("pitome/released", 0.85, 17, 50.74, 50.51, "577 491 418 356 303 258 220 187 159 136 116 99 85 73 63 54 47 41 35 30 26 23 20 18 16")]
    [InlineData("pitome/released", 0.875, 30, 59.36, 58.97, "577 505 442 387 339 297 260 228 200 175 154 135 119 105 92 81 71 63 56 50 44 39 35 31 28")]
    [InlineData("pitome/released", 0.9, 54, 71.25, 70.55, "577 520 468 422 380 342 308 278 251 226 204 184 166 150 136 123 111 100 91 82 74 67 61 55 50")]
    [InlineData("pitome/released", 0.925, 101, 87.45, 86.14, "577 534 494 457 423 392 363 336 311 288 267 247 229 212 197 183 170 158 147 137 127 118 110 102 95")]
    [InlineData("pitome/released", 0.95, 183, 110.51, 108.12, "577 549 522 496 472 449 427 406 386 367 349 332 316 301 286 272 259 247 235 224 213 203 193 184 175")]
    [InlineData("pitome/released", 0.975, 330, 143.44, 139.05, "577 563 549 536 523 510 498 486 474 463 452 441 430 420 410 400 391 382 373 364 355 347 339 331 323")]
    // Table T2.
    [InlineData("pitome/paper", 0.85, 17, 50.85, 50.63, "577 491 418 356 303 258 220 188 160 137 117 100 86 74 64 55 47 41 35 30 26 23 20 18 16")]
    [InlineData("pitome/paper", 0.875, 30, 59.49, 59.10, "577 505 442 387 339 297 260 228 200 176 155 136 120 106 93 82 72 64 57 50 44 39 35 31 28")]
    [InlineData("pitome/paper", 0.9, 54, 71.42, 70.72, "577 520 469 423 381 343 309 279 252 227 205 185 167 151 136 123 111 100 91 82 74 67 61 55 50")]
    [InlineData("pitome/paper", 0.925, 101, 87.68, 86.37, "577 534 495 458 424 393 364 337 312 289 268 248 230 213 198 184 171 159 148 137 127 118 110 102 95")]
    [InlineData("pitome/paper", 0.95, 183, 110.51, 108.12, "577 549 522 496 472 449 427 406 386 367 349 332 316 301 286 272 259 247 235 224 213 203 193 184 175")]
    [InlineData("pitome/paper", 0.975, 330, 143.44, 139.05, "577 563 549 536 523 510 498 486 474 463 452 441 430 420 410 400 391 382 373 364 355 347 339 331 323")]
    // Table T3.
    [InlineData("tome/released", 0.85, 16, 50.64, 50.42, "577 491 418 356 303 258 220 187 159 136 116 99 85 73 63 54 46 40 34 29 25 22 19 17 15")]
    [InlineData("tome/released", 0.875, 29, 59.30, 58.92, "577 505 442 387 339 297 260 228 200 175 154 135 119 105 92 81 71 63 56 49 43 38 34 30 27")]
    [InlineData("tome/released", 0.9, 53, 71.12, 70.44, "577 520 468 422 380 342 308 278 251 226 204 184 166 150 135 122 110 99 90 81 73 66 60 54 49")]
    [InlineData("tome/released", 0.925, 100, 87.38, 86.09, "577 534 494 457 423 392 363 336 311 288 267 247 229 212 197 183 170 158 147 136 126 117 109 101 94")]
    [InlineData("tome/released", 0.95, 183, 110.51, 108.12, "577 549 522 496 472 449 427 406 386 367 349 332 316 301 286 272 259 247 235 224 213 203 193 184 175")]
    [InlineData("tome/released", 0.975, 329, 143.32, 138.95, "577 563 549 536 523 510 498 486 474 463 452 441 430 420 410 400 390 381 372 363 354 346 338 330 322")]
    // Table T5.
    [InlineData("pitome/table3", 0.85, 99, 88.53, 87.25, "577 577 491 491 418 418 356 356 303 303 258 258 220 220 188 188 160 160 137 137 117 117 100 100 86")]
    [InlineData("pitome/table3", 0.875, 135, 98.77, 97.02, "577 577 505 505 442 442 387 387 339 339 297 297 260 260 228 228 200 200 176 176 155 155 136 136 120")]
    [InlineData("pitome/table3", 0.9, 183, 111.34, 108.96, "577 577 520 520 468 468 422 422 380 380 342 342 308 308 278 278 251 251 226 226 204 204 184 184 166")]
    [InlineData("pitome/table3", 0.925, 247, 126.06, 122.81, "577 577 534 534 494 494 457 457 423 423 392 392 363 363 336 336 311 311 288 288 267 267 248 248 230")]
    [InlineData("pitome/table3", 0.95, 331, 144.18, 139.78, "577 577 549 549 522 522 496 496 472 472 449 449 427 427 406 406 386 386 367 367 349 349 332 332 316")]
    [InlineData("pitome/table3", 0.975, 440, 165.48, 159.53, "577 577 563 563 549 549 536 536 523 523 510 510 498 498 486 486 474 474 463 463 452 452 441 441 430")]
    // Table T4.
    [InlineData("tofu/released", 0.85, 98, 88.40, 87.14, "577 577 491 491 418 418 356 356 303 303 258 258 220 220 187 187 159 159 136 136 116 116 99 99 85")]
    [InlineData("tofu/released", 0.875, 134, 98.69, 96.96, "577 577 505 505 442 442 387 387 339 339 297 297 260 260 228 228 200 200 175 175 154 154 135 135 119")]
    [InlineData("tofu/released", 0.9, 183, 111.34, 108.96, "577 577 520 520 468 468 422 422 380 380 342 342 308 308 278 278 251 251 226 226 204 204 184 184 166")]
    [InlineData("tofu/released", 0.925, 246, 126.03, 122.80, "577 577 534 534 494 494 457 457 423 423 392 392 363 363 336 336 311 311 288 288 267 267 247 247 229")]
    [InlineData("tofu/released", 0.95, 331, 144.18, 139.78, "577 577 549 549 522 522 496 496 472 472 449 449 427 427 406 406 386 386 367 367 349 349 332 332 316")]
    [InlineData("tofu/released", 0.975, 440, 165.48, 159.53, "577 577 563 563 549 549 536 536 523 523 510 510 498 498 486 486 474 474 463 463 452 452 441 441 430")]
    // Table T6.
    [InlineData("diffrate/released", 0.85, 84, 72.91, 71.82, "577 491 290 290 290 290 290 290 290 258 258 220 220 187 187 159 159 136 136 116 116 99 99 85 85")]
    [InlineData("diffrate/released", 0.875, 118, 80.68, 79.15, "577 505 290 290 290 290 290 290 290 290 290 260 260 228 228 200 200 175 175 154 154 135 135 119 119")]
    [InlineData("diffrate/released", 0.9, 165, 89.08, 86.93, "577 520 290 290 290 290 290 290 290 290 290 290 290 278 278 251 251 226 226 204 204 184 184 166 166")]
    [InlineData("diffrate/released", 0.925, 228, 96.62, 93.63, "577 534 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 288 288 267 267 247 247 229 229")]
    [InlineData("diffrate/released", 0.95, 289, 99.54, 95.71, "577 549 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290")]
    [InlineData("diffrate/released", 0.975, 289, 99.74, 95.92, "577 563 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290 290")]
    // Table T7.
    [InlineData("diffrate/intended", 0.85, 84, 81.54, 80.46, "577 491 491 418 418 356 356 303 303 258 258 220 220 187 187 159 159 136 136 116 116 99 99 85 85")]
    [InlineData("diffrate/intended", 0.875, 118, 92.28, 90.75, "577 505 505 442 442 387 387 339 339 297 297 260 260 228 228 200 200 175 175 154 154 135 135 119 119")]
    [InlineData("diffrate/intended", 0.9, 165, 105.54, 103.40, "577 520 520 468 468 422 422 380 380 342 342 308 308 278 278 251 251 226 226 204 204 184 184 166 166")]
    [InlineData("diffrate/intended", 0.925, 228, 121.08, 118.09, "577 534 534 494 494 457 457 423 423 392 392 363 363 336 336 311 311 288 288 267 267 247 247 229 229")]
    [InlineData("diffrate/intended", 0.95, 315, 140.42, 136.24, "577 549 549 522 522 496 496 472 472 449 449 427 427 406 406 386 386 367 367 349 349 332 332 316 316")]
    [InlineData("diffrate/intended", 0.975, 429, 163.33, 157.54, "577 563 563 549 549 536 536 523 523 510 510 498 498 486 486 474 474 463 463 452 452 441 441 430 430")]
    // Table T8.
    [InlineData("dct/released", 0.85, 85, 81.69, 80.59, "577 491 491 418 418 356 356 303 303 258 258 220 220 188 188 160 160 137 137 117 117 100 100 86 86")]
    [InlineData("dct/released", 0.875, 119, 92.37, 90.83, "577 505 505 442 442 387 387 339 339 297 297 260 260 228 228 200 200 176 176 155 155 136 136 120 120")]
    [InlineData("dct/released", 0.9, 166, 105.83, 103.67, "577 520 520 469 469 423 423 381 381 343 343 309 309 279 279 252 252 227 227 205 205 185 185 167 167")]
    [InlineData("dct/released", 0.925, 229, 121.37, 118.37, "577 534 534 495 495 458 458 424 424 393 393 364 364 337 337 312 312 289 289 268 268 248 248 230 230")]
    [InlineData("dct/released", 0.95, 315, 140.42, 136.24, "577 549 549 522 522 496 496 472 472 449 449 427 427 406 406 386 386 367 367 349 349 332 332 316 316")]
    [InlineData("dct/released", 0.975, 429, 163.33, 157.54, "577 563 563 549 549 536 536 523 523 510 510 498 498 486 486 474 474 463 463 452 452 441 441 430 430")]
    // Table T9.
    [InlineData("crossget/intended", 0.85, 99, 88.53, 87.25, "577 577 491 491 418 418 356 356 303 303 258 258 220 220 188 188 160 160 137 137 117 117 100 100 86")]
    [InlineData("crossget/intended", 0.875, 135, 98.77, 97.02, "577 577 505 505 442 442 387 387 339 339 297 297 260 260 228 228 200 200 176 176 155 155 136 136 120")]
    [InlineData("crossget/intended", 0.9, 184, 111.62, 109.22, "577 577 520 520 469 469 423 423 381 381 343 343 309 309 279 279 252 252 227 227 205 205 185 185 167")]
    [InlineData("crossget/intended", 0.925, 247, 126.31, 123.07, "577 577 534 534 495 495 458 458 424 424 393 393 364 364 337 337 312 312 289 289 268 268 248 248 230")]
    [InlineData("crossget/intended", 0.95, 331, 144.18, 139.78, "577 577 549 549 522 522 496 496 472 472 449 449 427 427 406 406 386 386 367 367 349 349 332 332 316")]
    [InlineData("crossget/intended", 0.975, 440, 165.48, 159.53, "577 577 563 563 549 549 536 536 523 523 510 510 498 498 486 486 474 474 463 463 452 452 441 441 430")]
    public void Schedule_ClipLarge_EqualsPublishedTable(
        string method, double ratio, int visual, double gigaFlops, double usedGigaFlops, string perLayer)
    {
        int[] expected = [.. perLayer.Split(' ').Select(int.Parse)];
        MergeSpec spec = MergeSpec.Parse(FormattableString.Invariant($"{method}:{ratio}"));

        int[] all = TokenMergers.TokensPerLayer(spec, Shapes.ClipLarge with { FeatureLayer = 24 });
        int[] used = TokenMergers.TokensPerLayer(spec, Shapes.ClipLarge);

        Assert.Equal(expected, all);
        Assert.Equal(expected[..24], used);
        Assert.Equal(visual, TokenMergers.VisualTokens(spec, Shapes.ClipLarge));
        Assert.Equal(gigaFlops, Giga(VisionFlops.Encoder(used, HiddenSize, MlpSize)));
        Assert.Equal(usedGigaFlops, Giga(VisionFlops.Encoder(used[..23], HiddenSize, MlpSize)));
    }

    [Fact]
    public void Flops_NoMerging_EqualBaseline()
    {
        int[] tokens = TokenMergers.TokensPerLayer(MergeSpec.None, Shapes.ClipLarge);

        Assert.Equal(190_612_291_584, VisionFlops.Encoder(tokens, HiddenSize, MlpSize));
        Assert.Equal(182_670_112_768, VisionFlops.Encoder(tokens[..23], HiddenSize, MlpSize));
    }

    [Theory]
    [InlineData(577, 768, 12, 55.14)]
    [InlineData(257, 1024, 24, 80.86)]
    [InlineData(677, 1408, 39, 678.45)]
    public void Flops_OtherTowers_EqualPaper(int tokens, long hiddenSize, int layers, double expected) =>
        Assert.Equal(expected, Giga(layers * VisionFlops.Block(tokens, hiddenSize, 4 * hiddenSize)));

    [Theory]
    [InlineData(676, 1408, 39, 1, 678.45)] // BLIP-2 ViT-g at 364 px
    [InlineData(676, 1408, 39, 0.975, 434.50)]
    [InlineData(676, 1408, 39, 0.95, 296.94)] // printed: 296.93
    [InlineData(576, 768, 12, 0.95, 41.49)] // BLIP; printed: 38.55, which no variant reproduces
    [InlineData(256, 1024, 24, 0.925, 38.36)] // CLIP-L at 224 px; 80.86 / 38.36 = 2.108, printed: 2.10
    public void Flops_EveryBlockMergesCountingTheClassToken_EqualPaper(int patches, long hiddenSize, int layers, double ratio, double expected)
    {
        MergeSpec spec = TokenMergers.Resolve("tome", null, ratio, null, null);
        int[] tokens = TokenMergers.TokensPerLayer(spec, new MergeShape(patches, layers, layers, Heads: 1));

        Assert.Equal(expected, Giga(VisionFlops.Encoder(tokens[..layers], hiddenSize, 4 * hiddenSize)));
    }

    [Theory]
    [InlineData("tiny112", "pitome/paper", 0.8, 16)]
    [InlineData("tiny112", "tome/released", 0.8, 15)]
    [InlineData("tiny112", "pitome/paper", 0.7, 7)]
    [InlineData("tiny56", "none", 1, 17)]
    [InlineData("tiny56", "pitome/paper", 0.75, 8)]
    [InlineData("tiny56", "pitome/paper", 0.6, 5)]
    [InlineData("tiny56", "pitome/released", 0.75, 8)]
    [InlineData("original", "pitome/released", 0.9, 23)]
    [InlineData("original", "pitome/paper", 0.8, 8)]
    public void VisualTokens_SmallTowers_EqualGoldenCases(string tower, string method, double ratio, int expected)
    {
        MergeShape shape = tower switch
        {
            "tiny112" => Shapes.Tiny112,
            "tiny56" => Shapes.Tiny56,
            _ => Shapes.TinyOriginal,
        };
        MergeSpec spec = MergeSpec.Parse(method == "none" ? method : FormattableString.Invariant($"{method}:{ratio}"));

        Assert.Equal(expected, TokenMergers.VisualTokens(spec, shape));
    }

    [Fact]
    public void Removed_UsualRatios_EqualsRationalArithmetic()
    {
        foreach (int thousandths in new[] { 850, 875, 900, 925, 950, 975 })
        {
            for (int counted = 0; counted < 600; counted++)
            {
                Assert.Equal(counted * (1000 - thousandths) / 1000, MergeSchedule.Removed(counted, thousandths / 1000.0));
            }
        }
    }

    [Theory]
    [InlineData("tome/table3")]
    [InlineData("mctf/released")]
    public void Schedule_OddLayersOfAllTokens_EqualsThatOfToFu(string method) => Assert.All([0.85, 0.875, 0.9, 0.925, 0.95, 0.975], ratio =>
        Assert.Equal(
            TokenMergers.TokensPerLayer(new("tofu", "released", ratio), Shapes.ClipLarge),
            TokenMergers.TokensPerLayer(MergeSpec.Parse(FormattableString.Invariant($"{method}:{ratio}")), Shapes.ClipLarge)));

    [Theory]
    [InlineData(16, 0.0, "16 16 16 16 16")]
    [InlineData(16, -1.0, "32 24 16 8 0")]
    [InlineData(16, 1.0, "0 8 16 24 32")]
    [InlineData(5, 0.5, "2 3 5 6 8")]
    public void CountAt_Inflections_EqualsFormula(int r, double inflection, string counts) => Assert.Equal(
        counts, string.Join(' ', Enumerable.Range(0, 5).Select(layer => MergeSchedule.CountAt(layer, 5, r, inflection))));

    [Fact]
    public void Schedule_Count_RemovesUpToHalfOfThePatches() => Assert.Equal(
        [31, 21, 11, 6, 4, 3],
        TokenMergers.TokensPerLayer(MergeSpec.Parse("tome/paper:r=10"), Shapes.Small with { NumPatches = 30 }));

    [Theory]
    [InlineData("all", 0.5, "37 19 10 6 4 3")]
    [InlineData("odd", 0.5, "37 37 19 19 10 10")]
    [InlineData("even", 0.5, "37 19 19 10 10 6")]
    [InlineData("first2", 0.5, "37 19 10 10 10 10")]
    [InlineData("last", 0.5, "37 37 37 37 37 19")]
    [InlineData("1+3-", 0.5, "37 37 19 19 10 6")]
    public void Schedule_Layers_ReducesOnlyThere(string layers, double ratio, string tokens) => Assert.Equal(
        tokens, string.Join(' ', TokenMergers.TokensPerLayer(
            MergeSpec.Parse(FormattableString.Invariant($"pitome/paper:{ratio},layers={layers}")), Shapes.Small)));

    [Fact]
    public void Schedule_KthBipartite_ActsWhereTheRatioAllowsAStride() => Assert.Equal(
        [577, 577, 577, 577, 577, 577, 577, 289, 289, 289, 289, 289, 289, 289, 145, 145, 145, 145, 145, 145, 73, 73, 73, 73],
        TokenMergers.TokensPerLayer(MergeSpec.Parse("kth_bipartite:0.9"), Shapes.ClipLarge));

    [Fact]
    public void Schedule_AveragePool_PoolsOnceToTheLargestSquare()
    {
        int[] tokens = TokenMergers.TokensPerLayer(MergeSpec.Parse("average_pool:0.9"), Shapes.ClipLarge);

        Assert.All(tokens[..^1], count => Assert.Equal(577, count));
        Assert.Equal(1 + (7 * 7), tokens[^1]); // 576 * 0.9^23 = 51.1
    }

    [Fact]
    public void Schedule_AnyTower_NeverLosesClassTokenNorGrows() => Assert.All(Gens.Mergers, names =>
    {
        for (int patches = 1; patches < 40; patches++)
        {
            MergeShape shape = new(patches, NumLayers: 6, FeatureLayer: 6, Heads: 1);
            int[] tokens = TokenMergers.TokensPerLayer(new(names.Method, names.Profile, 0.5), shape);

            Assert.Equal(patches + 1, tokens[0]);
            Assert.All(tokens.Zip(tokens.Skip(1)), pair => Assert.True(pair.Second <= pair.First));
            Assert.All(tokens, count => Assert.True(count >= 2, "one patch always stays"));
        }
    });

    private static double Giga(long flops) => Math.Round(flops / 1e9, 2);
}
