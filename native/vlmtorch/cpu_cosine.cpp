// What token merging asks of the cosines of tokens. They come in tiles that stay in the first cache and are never whole
// in memory. A cosine depends on its two tokens alone, so that equal tokens tie to the last bit.
#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "cpu.h"
#include "cpu_merge.h"
#include "cpu_tile.h"
#include "scratch.h"

namespace vlmtorch {
namespace cpu {
namespace {
constexpr int64_t kRowBlock = 96; // rows whose sums are added before they join the others, which keeps rounding small
constexpr double kSmallestNorm = 1e-12;

template <class T> constexpr int64_t lanes = Lanes<T>::count;
template <class T> using Row = typename Lanes<T>::type[kTileVectors]; // of a tile

// Tokens of one picture.
template <class T> struct Picture {
    const T *x;
    int64_t count, size;

    Picture(const Tokens<T> &tokens, int64_t b)
        : x(tokens.x + b * tokens.stride), count(tokens.tokens), size(tokens.size) {}

    int64_t panels() const { return (count + kPanel<T> - 1) / kPanel<T>; }
    int64_t columns(int64_t panel) const { return std::min(kPanel<T>, count - panel * kPanel<T>); }
};

template <class T> struct InverseNorms {
    const Picture<T> &picture;
    T *out;

    template <Simd L> VT_INLINE void run() const {
        for (int64_t i = 0; i < picture.count; ++i) {
            const T *token = picture.x + i * picture.size;
            out[i] = T(1) / std::max(std::sqrt(dot_lanes(token, token, picture.size)), static_cast<T>(kSmallestNorm));
        }
    }
};

template <class T> std::vector<T> inverse_norms(const Picture<T> &picture) {
    std::vector<T> norms(static_cast<size_t>(picture.count));
    run_simd(InverseNorms<T>{picture, norms.data()});
    return norms;
}

// Tokens from `first` on, times `factor` each, to [size][kPanel].
template <class T> struct PackTokens {
    const Picture<T> &picture;
    const T *factor; // of all tokens
    int64_t first, columns;
    T *panel;

    template <Simd L> VT_INLINE void run() const {
        for (int64_t column = 0; column < kPanel<T>; column += 8) {
            for (int64_t at = 0; at < picture.size; at += lanes<T>) {
                typename Lanes<T>::type rows[8] = {};
                for (int i = 0; i < 8 && column + i < columns; ++i) {
                    const int64_t token = first + column + i;
                    const Weights<T> x{picture.x, nullptr, picture.size};
                    at + lanes<T> <= picture.size ? read<L, T>(x, token, at, rows[i])
                                                  : read_tail<L, T>(x, token, at, rows[i]);
                    rows[i] *= factor[token];
                }
                transpose(rows, Columns<T>{panel + at * kPanel<T> + column, picture.size - at});
            }
        }
    }
};

// Calls visit(row, rows, dots [rows][kPanel]) for the tokens 0 .. count - 1 against a panel of tokens of length 1.
template <class T, class F>
void visit_tiles(const Picture<T> &rows, int64_t count, const Picture<T> &columns, const T *factor, int64_t panel,
                 const F &visit) {
    thread_local Scratch buffer;
    T *packed = buffer.get<T>(columns.size * kPanel<T>);
    run_simd(PackTokens<T>{columns, factor, panel * kPanel<T>, columns.columns(panel), packed});
    alignas(64) T dots[kTileRows * kPanel<T>];
    for (int64_t row = 0; row < count; row += kTileRows) {
        const int64_t tile = std::min<int64_t>(kTileRows, count - row);
        run_simd(Multiply<T>{rows.x + row * rows.size, packed, dots, rows.size, kPanel<T>, kPanel<T>, tile, rows.size,
                             kPanel<T>, nullptr});
        visit(row, tile, dots);
    }
}

template <class T> struct Elu {
    T margin, alpha, step;

    VT_INLINE T operator()(T cosine) const {
        const T above = cosine - margin;
        return above < 0 ? alpha * (exponential(above) - T(1)) : above + step;
    }
};

template <class T> struct Bell {
    T sharpness;

    VT_INLINE T operator()(T cosine) const { return exponential(-sharpness * (T(1) - cosine) * (T(1) - cosine)); }
};

// Sums over the columns of a panel, block by block of rows.
template <class T> struct ColumnSums {
    alignas(64) Row<T> total = {}, block = {};

    VT_INLINE static void add(const Row<T> &from, Row<T> &to) {
        for (int i = 0; i < kTileVectors; ++i) {
            to[i] += from[i];
        }
    }

    void close_block() {
        add(block, total);
        std::fill(block, block + kTileVectors, typename Lanes<T>::type{});
    }
};

// A tile of a panel: every value counts for its row and, where it stands above the block on the diagonal, transposed
// for its column.
template <class T, class F> struct AddTile {
    const F &f;
    const T *dots;    // [rows][kPanel]
    const T *inverse; // norms of the rows
    int64_t rows, above, columns;
    T *row_sums;
    ColumnSums<T> &sums;

    template <Simd L> VT_INLINE void run() const {
        for (int64_t row = 0; row < rows; ++row) {
            Row<T> values;
            columns == kPanel<T> ? evaluate(row, kPanel<T>, values) : evaluate(row, columns, values);
            typename Lanes<T>::type sum = (values[0] + values[1]) + (values[2] + values[3]);
            row_sums[row] = sum_lanes<T>(sum);
            if (row < above) {
                sums.add(values, sums.block);
            }
        }
    }

    VT_INLINE void evaluate(int64_t row, int64_t count, Row<T> &out) const {
        T values[kPanel<T>] = {};
        for (int64_t i = 0; i < count; ++i) {
            values[i] = f(dots[row * kPanel<T> + i] * inverse[row]);
        }
        memcpy(&out, values, sizeof out);
    }
};

// Adds a panel's share: to row_sums [tokens], and to out of the panel's own tokens.
template <class T, class F>
void add_panel(const Picture<T> &picture, const T *inverse, int64_t panel, const F &f, T *row_sums, T *out) {
    const int64_t first = panel * kPanel<T>;
    const int64_t columns = picture.columns(panel);
    ColumnSums<T> sums;
    visit_tiles<T>(picture, first + columns, picture, inverse, panel, [&](int64_t row, int64_t rows, const T *dots) {
        if (row % kRowBlock == 0) {
            sums.close_block();
        }
        run_simd(AddTile<T, F>{f, dots, inverse + row, rows, first - row, columns, row_sums + row, sums});
    });
    sums.close_block();
    memcpy(out + first, &sums.total, static_cast<size_t>(columns) * sizeof(T));
}

template <class T, class F> void mean_of_cosines(const Picture<T> &picture, const F &f, T *out) {
    const std::vector<T> inverse = inverse_norms(picture);
    const int64_t panels = picture.panels();
    std::vector<T> row_sums(static_cast<size_t>(panels * picture.count));
    for_each_task(panels, [&](int64_t task) {
        const int64_t panel = panels - 1 - task; // the longest first
        add_panel(picture, inverse.data(), panel, f, row_sums.data() + panel * picture.count, out);
    });
    for (int64_t i = 0; i < picture.count; ++i) {
        for (int64_t panel = i / kPanel<T>; panel < panels; ++panel) {
            out[i] += row_sums[static_cast<size_t>(panel * picture.count + i)];
        }
        out[i] /= static_cast<T>(picture.count);
    }
}

template <class T, class F> void mean_of_cosines(const Tokens<T> &tokens, const F &f, T *out) {
    for (int64_t b = 0; b < tokens.batch; ++b) {
        mean_of_cosines(Picture<T>(tokens, b), f, out + b * tokens.tokens);
    }
}

template <class T> struct Best {
    T value;
    int64_t place;
};

// The best of a panel for every row of a tile.
template <class T> struct BestOfTile {
    const T *dots; // [rows][kPanel]
    int64_t rows, first, columns;
    Best<T> *out;

    template <Simd L> VT_INLINE void run() const {
        for (int64_t row = 0; row < rows; ++row) {
            T values[kPanel<T>];
            memcpy(values, dots + row * kPanel<T>, sizeof values);
            std::fill(values + columns, values + kPanel<T>, -std::numeric_limits<T>::infinity());
            Row<T> panel;
            memcpy(&panel, values, sizeof panel);
            typename Lanes<T>::type best = panel[0];
            for (int i = 1; i < kTileVectors; ++i) {
                best = panel[i] > best ? panel[i] : best;
            }
            const T top = max_lanes<T>(best);
            int32_t place = static_cast<int32_t>(kPanel<T>);
            for (int32_t i = 0; i < static_cast<int32_t>(kPanel<T>); ++i) {
                const int32_t here = values[i] == top ? i : static_cast<int32_t>(kPanel<T>);
                place = here < place ? here : place;
            }
            out[row] = {top, first + (place < columns ? place : 0)}; // NaN is nowhere
        }
    }
};

template <class T> void nearest(const Picture<T> &from, const Picture<T> &to, T *cosines, int64_t *places) {
    const std::vector<T> inverse = inverse_norms(to);
    const int64_t panels = to.panels();
    std::vector<Best<T>> found(static_cast<size_t>(panels * from.count));
    for_each_task(panels, [&](int64_t panel) {
        Best<T> *best = found.data() + panel * from.count;
        visit_tiles<T>(from, from.count, to, inverse.data(), panel, [&](int64_t row, int64_t rows, const T *dots) {
            run_simd(BestOfTile<T>{dots, rows, panel * kPanel<T>, to.columns(panel), best + row});
        });
    });
    const std::vector<T> own = inverse_norms(from);
    for (int64_t i = 0; i < from.count; ++i) {
        Best<T> best = found[static_cast<size_t>(i)];
        for (int64_t panel = 1; panel < panels; ++panel) {
            const Best<T> &other = found[static_cast<size_t>(panel * from.count + i)];
            best = other.value > best.value ? other : best;
        }
        cosines[i] = best.value * own[static_cast<size_t>(i)];
        places[i] = best.place;
    }
}

template <class T> constexpr T kLowest = -std::numeric_limits<T>::infinity();

// The cosines of a picture's pairs, each once: panel by panel of 64 columns, [rows up to the end of the panel][kPanel].
// Tokens have length 1 before they are multiplied, so that a product has the same bits whichever of the two is the row.
template <class T> class HalfMatrix {
  public:
    HalfMatrix(const Picture<T> &picture, bool counts_itself) : count_(picture.count), panels_(picture.panels()) {
        thread_local Scratch tokens, cosines;
        T *unit = tokens.get<T>(picture.count * picture.size);
        cosines_ = cosines.get<T>(panels_ * (panels_ + 1) / 2 * kPanel<T> * kPanel<T>);
        const std::vector<T> inverse = inverse_norms(picture);
        for (int64_t i = 0; i < picture.count * picture.size; ++i) {
            unit[i] = picture.x[i] * inverse[static_cast<size_t>(i / picture.size)];
        }
        Picture<T> normed = picture;
        normed.x = unit;
        const std::vector<T> ones(static_cast<size_t>(picture.count), T(1));
        for_each_task(panels_, [&](int64_t panel) { fill(normed, ones.data(), panel, counts_itself); });
    }

    // The largest that every token sees of the others; ranked: of those whose rank is higher. [tokens]
    template <bool Ranked> std::vector<T> largest(const T *ranks) const {
        std::vector<T> by_row(static_cast<size_t>(panels_ * count_), kLowest<T>);
        std::vector<T> by_column(static_cast<size_t>(panels_ * kPanel<T>), kLowest<T>);
        for_each_task(panels_, [&](int64_t panel) {
            run_simd(LargestOfPanel<Ranked>{*this, ranks, panel, by_row.data() + panel * count_,
                                            by_column.data() + panel * kPanel<T>});
        });
        by_column.resize(static_cast<size_t>(count_));
        for (int64_t panel = 0; panel < panels_; ++panel) {
            for (int64_t row = 0; row < rows(panel); ++row) {
                T &best = by_column[static_cast<size_t>(row)];
                best = std::max(best, by_row[static_cast<size_t>(panel * count_ + row)]);
            }
        }
        return by_column;
    }

  private:
    int64_t rows(int64_t panel) const { return std::min(count_, (panel + 1) * kPanel<T>); }
    T *tile(int64_t panel, int64_t row) const {
        return cosines_ + panel * (panel + 1) / 2 * kPanel<T> * kPanel<T> + row * kPanel<T>;
    }

    void fill(const Picture<T> &unit, const T *ones, int64_t panel, bool counts_itself) {
        visit_tiles<T>(unit, rows(panel), unit, ones, panel, [&](int64_t first, int64_t count, const T *dots) {
            memcpy(tile(panel, first), dots, static_cast<size_t>(count * kPanel<T>) * sizeof(T));
            for (int64_t row = first; row < first + count; ++row) {
                T *cosines = tile(panel, row);
                std::fill(cosines + unit.columns(panel), cosines + kPanel<T>, kLowest<T>);
                if (row >= panel * kPanel<T>) {
                    T &itself = cosines[row - panel * kPanel<T>];
                    itself = counts_itself ? itself - T(1) : kLowest<T>;
                }
            }
        });
    }

    // Rows above the block on the diagonal stand for their columns, too.
    template <bool Ranked> struct LargestOfPanel {
        const HalfMatrix &matrix;
        const T *ranks; // [panels][kPanel]
        int64_t panel;
        T *by_row, *by_column;

        template <Simd L> VT_INLINE void run() const {
            using V = typename Lanes<T>::type;
            const V lowest = V{} + kLowest<T>;
            Row<T> column_best, column_ranks;
            memcpy(&column_best, by_column, sizeof column_best);
            memcpy(&column_ranks, ranks + panel * kPanel<T>, sizeof column_ranks);
            for (int64_t row = 0; row < matrix.rows(panel); ++row) {
                Row<T> cosines;
                memcpy(&cosines, matrix.tile(panel, row), sizeof cosines);
                const bool is_above = row < panel * kPanel<T>;
                V best = lowest;
                for (int i = 0; i < kTileVectors; ++i) {
                    const auto is_lower = column_ranks[i] > ranks[row] - V{};
                    const V seen = Ranked ? is_lower ? cosines[i] : lowest : cosines[i];
                    const V other = !is_above ? lowest : Ranked ? is_lower ? lowest : cosines[i] : cosines[i];
                    best = seen > best ? seen : best;
                    column_best[i] = other > column_best[i] ? other : column_best[i];
                }
                by_row[row] = max_lanes<T>(best);
            }
            memcpy(by_column, &column_best, sizeof column_best);
        }
    };

    int64_t count_, panels_;
    T *cosines_;
};

template <class T> void lower_ranked(const Picture<T> &picture, bool counts_itself, T *cosines, int64_t *ranking) {
    const HalfMatrix<T> matrix(picture, counts_itself);
    std::vector<T> ranks(static_cast<size_t>(picture.panels() * kPanel<T>)); // as numbers of their own type
    falling_order(matrix.template largest<false>(ranks.data()).data(), picture.count, ranking);
    for (int64_t rank = 0; rank < picture.count; ++rank) {
        ranks[static_cast<size_t>(ranking[rank])] = static_cast<T>(rank);
    }
    const std::vector<T> largest = matrix.template largest<true>(ranks.data());
    std::copy(largest.begin(), largest.end(), cosines);
}
} // namespace

template <class T> void mean_elu_of_cosines(const Tokens<T> &tokens, T margin, T alpha, T step, T *out) {
    mean_of_cosines(tokens, Elu<T>{margin, alpha, step}, out);
}

template <class T> void mean_bell_of_cosines(const Tokens<T> &tokens, T sharpness, T *out) {
    mean_of_cosines(tokens, Bell<T>{sharpness}, out);
}

template <class T> void nearest_by_cosine(const Tokens<T> &from, const Tokens<T> &to, T *cosines, int64_t *places) {
    for (int64_t b = 0; b < from.batch; ++b) {
        nearest(Picture<T>(from, b), Picture<T>(to, b), cosines + b * from.tokens, places + b * from.tokens);
    }
}

template <class T>
void lower_ranked_cosines(const Tokens<T> &tokens, bool counts_itself, T *cosines, int64_t *ranking) {
    for (int64_t b = 0; b < tokens.batch; ++b) {
        lower_ranked(Picture<T>(tokens, b), counts_itself, cosines + b * tokens.tokens, ranking + b * tokens.tokens);
    }
}

#define VT_INSTANTIATE(T)                                                                                              \
    template void mean_elu_of_cosines(const Tokens<T> &, T, T, T, T *);                                                \
    template void mean_bell_of_cosines(const Tokens<T> &, T, T *);                                                     \
    template void nearest_by_cosine(const Tokens<T> &, const Tokens<T> &, T *, int64_t *);                             \
    template void lower_ranked_cosines(const Tokens<T> &, bool, T *, int64_t *);
VT_INSTANTIATE(float)
VT_INSTANTIATE(double)
} // namespace cpu
} // namespace vlmtorch
