using TorchSharp.Modules;

namespace TorchSharp;

public static partial class torch
{
    public static partial class optim
    {
        /// <summary>AdamW over groups; what a group leaves open comes from the arguments.</summary>
        public static AdamW AdamW(IEnumerable<AdamW.ParamGroup> parameters, double lr = 0.001, double beta1 = 0.9,
            double beta2 = 0.999, double eps = 1e-08, double weight_decay = 0, bool amsgrad = false,
            bool maximize = false) => new(parameters, lr, beta1, beta2, eps, weight_decay, amsgrad, maximize);

        /// <summary>The part of a parameter group that a schedule may change.</summary>
        public interface ILearningRateController
        {
            /// <summary>Rate of the next step.</summary>
            double LearningRate { get; set; }

            /// <summary>Rate at the start, for schedules.</summary>
            double InitialLearningRate { get; set; }
        }

        /// <summary>Changes parameters by their gradients.</summary>
        public abstract class Optimizer : IDisposable
        {
            private protected readonly List<ParamGroup> Groups = [];

            /// <summary>Groups of parameters with their learning rates.</summary>
            public virtual IEnumerable<ILearningRateController> ParamGroups => Groups;

            /// <summary>One step; <paramref name="closure"/> computes the loss anew where given.</summary>
            /// <returns>The closure's result, null without one.</returns>
            public abstract Tensor? step(Func<Tensor>? closure = null);

            public abstract IEnumerable<Parameter> parameters();

            /// <summary>Forgets the gradients of all parameters.</summary>
            public virtual void zero_grad()
            {
                foreach (Parameter parameter in parameters())
                {
                    parameter.grad = null;
                }
            }

            public void Dispose()
            {
                Dispose(true);
                GC.SuppressFinalize(this);
            }

            protected abstract void Dispose(bool disposing);

            /// <summary>What a resumed run needs.</summary>
            public class StateDictionary
            {
                internal StateDictionary(IEnumerable<OptimizerState> state) => State = [.. state];

                /// <summary>State of each parameter, all groups in order.</summary>
                public List<OptimizerState> State { get; }
            }
        }
    }
}
