// What both ways to multiply by weights share: few rows stream the weights (cpu_linear.cpp), many rows multiply panels
// of them (cpu_gemm.cpp). Both add in the same order, so that a row's result does not depend on how many there are:
// within kDepth inputs, lane l sums the inputs l, l + lanes, l + 2 lanes, ... one after another, the lanes are added
// pairwise (sum_lanes), then such parts one after another, then the bias.
#pragma once
#include "cpu.h"
#include "cpu_weights.h"

namespace vlmtorch {
namespace cpu {
constexpr int64_t kDepth = 2048;

template <class T, class W> struct Product {
    const T *x; // [rows, in]
    Weights<W> w;
    const T *bias; // [out] or null
    T *y;          // [rows, out]
    int64_t rows, out;
};

template <class T, class W> void multiply_panels(const Product<T, W> &product);
} // namespace cpu
} // namespace vlmtorch
