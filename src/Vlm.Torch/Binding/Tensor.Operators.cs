namespace TorchSharp;

public static partial class torch
{
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        public static Tensor operator +(Tensor left, double right) => left.add(right);

        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        public static Tensor operator -(Tensor left, int right) => left.sub(right);

        public static Tensor operator -(Tensor tensor) => tensor.neg();

        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        public static Tensor operator *(Tensor left, int right) => left.mul(right);

        public static Tensor operator *(Tensor left, double right) => left.mul(right);

        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        public static Tensor operator ==(Tensor left, Tensor right) => left.eq(right);

        public static Tensor operator !=(Tensor left, Tensor right) => left.ne(right);

        public static Tensor operator <(Tensor left, Scalar right) => left.lt(right);

        public static Tensor operator >(Tensor left, Scalar right) => left.gt(right);

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);
    }
}
