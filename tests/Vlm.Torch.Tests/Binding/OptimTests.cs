using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Vlm.Torch.Tests.Binding;

public class OptimTests
{
    private const double Exact = 1e-14;

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void AdamW_ThreeSteps_FollowTheFormulas(bool amsgrad, bool maximize)
    {
        using var scope = NewDisposeScope();
        using Parameter x = new(tensor(new[] { 0.5, -2.0 }));
        using AdamW optimizer = optim.AdamW([new AdamW.ParamGroup { Parameters = [x] }], 0.1, 0.8, 0.95, 1e-6, 0.02, amsgrad, maximize);
        double[] value = [0.5, -2];
        double[] first = new double[2];
        double[] second = new double[2];
        double[] largest = new double[2];
        double[][] slopes = [[1, -3], [0.1, 4], [-2, 0.5]];
        for (int t = 1; t <= slopes.Length; t++)
        {
            x.grad = tensor(slopes[t - 1]);
            optimizer.step();
            for (int i = 0; i < 2; i++)
            {
                double g = maximize ? -slopes[t - 1][i] : slopes[t - 1][i];
                value[i] *= 1 - (0.1 * 0.02);
                first[i] = (0.8 * first[i]) + (0.2 * g);
                second[i] = (0.95 * second[i]) + (0.05 * g * g);
                largest[i] = Math.Max(largest[i], second[i]);
                double root = Math.Sqrt(amsgrad ? largest[i] : second[i]) / Math.Sqrt(1 - Math.Pow(0.95, t));
                value[i] -= 0.1 / (1 - Math.Pow(0.8, t)) * first[i] / (root + 1e-6);
            }

            double[] actual = x.data<double>().ToArray();
            Assert.All(Enumerable.Range(0, 2), i => Assert.Equal(value[i], actual[i], Exact));
        }
    }

    // One whole step of a softmax classifier: loss, gradient, clipping, decay, moments, all by hand.
    [Fact]
    public void TrainingStep_OfAClassifier_FollowsTheFormulas()
    {
        using var scope = NewDisposeScope();
        double[] x = [0.5, -1, 2, 1.5, 0.25, -0.75];
        double[] w = [0.1, -0.2, 0.3, -0.4, 0.5, 0.6];
        long[] labels = [1, 0];
        using Parameter weight = new(tensor(w, [2, 3]));
        using AdamW optimizer = optim.AdamW([new AdamW.ParamGroup { Parameters = [weight] }], 0.05, 0.9, 0.98, 1e-8, 0.01);
        Tensor loss = nn.functional.cross_entropy(nn.functional.linear(tensor(x, [2, 3]), weight), tensor(labels));
        loss.backward();
        double norm = nn.utils.clip_grad_norm_([weight], 0.5);
        optimizer.step();

        double expectedLoss = 0;
        double[] gradient = new double[6];
        for (int row = 0; row < 2; row++)
        {
            double[] logits = [Dot(row, 0), Dot(row, 1)];
            double total = Math.Exp(logits[0]) + Math.Exp(logits[1]);
            expectedLoss -= Math.Log(Math.Exp(logits[labels[row]]) / total) / 2;
            for (int i = 0; i < 6; i++)
            {
                double wanted = labels[row] == i / 3 ? 1 : 0;
                gradient[i] += ((Math.Exp(logits[i / 3]) / total) - wanted) * x[(row * 3) + (i % 3)] / 2;
            }
        }

        double expectedNorm = Math.Sqrt(gradient.Sum(g => g * g));
        double factor = Math.Min(1, 0.5 / (expectedNorm + 1e-6));
        Assert.Equal(expectedLoss, loss.item<double>(), Exact);
        Assert.Equal(expectedNorm, norm, Exact);
        double[] actual = weight.data<double>().ToArray();
        for (int i = 0; i < 6; i++)
        {
            double g = gradient[i] * factor;
            Assert.Equal((w[i] * (1 - (0.05 * 0.01))) - (0.05 * g / (Math.Sqrt(g * g) + 1e-8)), actual[i], 1e-12);
        }

        double Dot(int row, int output) =>
            Enumerable.Range(0, 3).Sum(i => x[(row * 3) + i] * w[(output * 3) + i]);
    }

    [Fact]
    public void AdamW_StateCopiedIntoAnother_ContinuesAlike()
    {
        using var scope = NewDisposeScope();
        using Parameter a = new(tensor(new[] { 1.0, 2.0 }));
        using AdamW one = optim.AdamW([Group(a, 0.01)], weight_decay: 0.1);
        a.grad = tensor(new[] { 3.0, -1.0 });
        one.step();
        using Parameter b = new(a.clone());
        using AdamW two = optim.AdamW([Group(b, 0.01)], weight_decay: 0.1);
        (AdamW.State from, AdamW.State to) = (StateOf(one), StateOf(two));
        to.step = from.step;
        to.exp_avg.copy_(from.exp_avg);
        to.exp_avg_sq.copy_(from.exp_avg_sq);
        b.grad = a.grad;
        one.step();
        two.step();
        Assert.Equal(a.data<double>().ToArray(), b.data<double>().ToArray());
    }

    [Fact]
    public void AdamW_GroupWithoutRate_TakesTheOptimizers()
    {
        using Parameter a = new(tensor(new[] { 1.0 }));
        using AdamW optimizer = optim.AdamW([new AdamW.ParamGroup { Parameters = [a] }], lr: 5);
        Assert.Equal((5, 5), (optimizer.ParamGroups.Single().LearningRate, optimizer.ParamGroups.Single().InitialLearningRate));
    }

    [Fact]
    public void AdamW_TwoGroups_HaveTheirOwnRates()
    {
        using var scope = NewDisposeScope();
        using Parameter a = new(tensor(new[] { 1.0 }));
        using Parameter b = new(tensor(new[] { 1.0 }));
        using AdamW optimizer = optim.AdamW([Group(a, 0.5), Group(b, 0)]);
        (a.grad, b.grad) = (tensor(new[] { 1.0 }), tensor(new[] { 1.0 }));
        optimizer.step();
        Assert.Equal(0.5, a.item<double>(), 1e-6);
        Assert.Equal(1.0, b.item<double>());
        optimizer.zero_grad();
        Assert.Null(a.grad);
    }

    [Fact]
    public void ClipGradNorm_NormAbove_ScalesAllGradientsTogether()
    {
        using var scope = NewDisposeScope();
        using Parameter a = new(zeros(1, dtype: ScalarType.Float64));
        using Parameter b = new(zeros(1, dtype: ScalarType.Float64));
        (a.grad, b.grad) = (tensor(new[] { 3.0 }), tensor(new[] { 4.0 }));
        Assert.Equal(5, nn.utils.clip_grad_norm_([a, b], 1), 1e-12);
        Assert.Equal(0.6, a.grad.item<double>(), 1e-6);
        Assert.Equal(0.8, b.grad.item<double>(), 1e-6);
    }

    [Fact]
    public void ClipGradNorm_NormBelow_ChangesNothing()
    {
        using var scope = NewDisposeScope();
        using Parameter a = new(zeros(1, dtype: ScalarType.Float64));
        a.grad = tensor(new[] { -3.0 });
        Assert.Equal(3, nn.utils.clip_grad_norm_([a], 5, double.PositiveInfinity), 1e-12);
        Assert.Equal(-3, a.grad.item<double>());
    }

    private static AdamW.ParamGroup Group(Parameter parameter, double rate) => new() { Parameters = [parameter], LearningRate = rate };

    private static AdamW.State StateOf(AdamW optimizer) => (AdamW.State)optimizer.state_dict().State.Single();
}
