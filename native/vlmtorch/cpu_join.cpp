// Who joins whom when tokens merge: sorting and splitting by integers, comparing by nearest_by_cosine.
#include <algorithm>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

#include "cpu_merge.h"

namespace vlmtorch {
namespace cpu {
namespace {
using Places = std::vector<int64_t>;

template <class T> using Bits = typename std::conditional<sizeof(T) == 4, uint32_t, uint64_t>::type;

// Grows as the value falls; the same for both zeros, 0 for NaN.
template <class T> Bits<T> falling_key(T value) {
    if (value != value) {
        return 0;
    }
    value += T(0);
    Bits<T> bits;
    memcpy(&bits, &value, sizeof bits);
    const Bits<T> sign = Bits<T>(1) << (8 * sizeof(T) - 1);
    return bits & sign ? bits : ~(bits | sign);
}

template <class T> struct Key {
    Bits<T> value;
    int32_t place;

    bool operator<(const Key &other) const { return value != other.value ? value < other.value : place < other.place; }
};

// Of the tokens of one picture.
Places tokens_of(const Run &run, const int64_t *order, int64_t front) {
    Places tokens(static_cast<size_t>(run.count));
    for (int64_t i = 0; i < run.count; ++i) {
        const int64_t rank = run.start + i * run.step;
        tokens[static_cast<size_t>(i)] = order == nullptr ? rank : front + order[rank];
    }
    return tokens;
}

// Rows by index, one after another.
template <class T> std::vector<T> rows_of(const T *x, int64_t size, const Places &tokens) {
    std::vector<T> rows;
    rows.reserve(tokens.size() * static_cast<size_t>(size));
    for (const int64_t token : tokens) {
        rows.insert(rows.end(), x + token * size, x + (token + 1) * size);
    }
    return rows;
}

template <class T> struct Nearest {
    std::vector<T> cosines;
    Places places;
};

template <class T> Nearest<T> nearest_of(const T *x, int64_t size, const Places &from, const Places &to) {
    Nearest<T> found{std::vector<T>(from.size()), Places(from.size())};
    if (from.empty()) {
        return found;
    }
    const std::vector<T> rows = rows_of(x, size, from);
    const std::vector<T> choices = rows_of(x, size, to);
    const auto one = [&](const std::vector<T> &data, const Places &tokens) {
        const int64_t count = static_cast<int64_t>(tokens.size());
        return Tokens<T>{data.data(), 1, count, size, count * size};
    };
    nearest_by_cosine<T>(one(rows, from), one(choices, to), found.cosines.data(), found.places.data());
    return found;
}

int64_t *put_front(int64_t front, int64_t *anchors) {
    for (int64_t token = 0; token < front; ++token) {
        *anchors++ = token;
    }
    return anchors;
}

int64_t *put(const Places &tokens, int64_t *anchors) { return std::copy(tokens.begin(), tokens.end(), anchors); }

template <class T> Places falling_order(const std::vector<T> &values) {
    Places places(values.size());
    cpu::falling_order<T>(values.data(), static_cast<int64_t>(values.size()), places.data());
    return places;
}

template <class T> void join_closest(const ClosestJoin<T> &join, int64_t picture, const Joins &out) {
    const int64_t *order = join.order == nullptr ? nullptr : join.order + picture * join.ranked;
    const Places even = tokens_of({0, (join.ranked + 1) / 2, 2}, order, join.front);
    const Places odd = tokens_of({1, join.ranked / 2, 2}, order, join.front);
    Nearest<T> nearest = nearest_of(join.tokens.x + picture * join.tokens.stride, join.tokens.size, even, odd);
    if (join.first_stays) {
        nearest.cosines[0] = -std::numeric_limits<T>::infinity();
    }
    Places closest = falling_order(nearest.cosines);
    if (join.first_stays) {
        std::sort(closest.begin() + out.joined, closest.end());
    }
    int64_t *anchors = put_front(join.front, out.anchors);
    for (auto place = closest.begin() + out.joined; place != closest.end(); ++place) {
        *anchors++ = even[static_cast<size_t>(*place)];
    }
    const int64_t first = anchors - out.anchors;
    put(odd, anchors);
    for (int64_t i = 0; i < out.joined; ++i) {
        const size_t place = static_cast<size_t>(closest[static_cast<size_t>(i)]);
        out.sources[i] = even[place];
        out.destinations[i] = first + nearest.places[place];
    }
}

template <class T> struct Largest {
    std::vector<T> values;
    std::vector<T> places; // numbers of their own type, so that both move in vectors

    explicit Largest(int64_t count)
        : values(static_cast<size_t>(count), -std::numeric_limits<T>::infinity()), places(static_cast<size_t>(count)) {}
};

// Over each row, the first of equals.
template <class T> Largest<T> largest_of_rows(const T *matrix, int64_t rows, int64_t columns) {
    Largest<T> found(rows);
    for (int64_t row = 0; row < rows; ++row) {
        const T *values = matrix + row * columns;
        constexpr int64_t lanes = 16;
        T lane[lanes];
        std::fill(lane, lane + lanes, found.values[static_cast<size_t>(row)]);
        for (int64_t column = 0; column < columns; column += lanes) {
            const int64_t count = std::min(lanes, columns - column);
            for (int64_t i = 0; i < count; ++i) {
                lane[i] = values[column + i] > lane[i] ? values[column + i] : lane[i];
            }
        }
        const T top = *std::max_element(lane, lane + lanes);
        const int64_t place = std::find(values, values + columns, top) - values;
        found.values[static_cast<size_t>(row)] = top;
        found.places[static_cast<size_t>(row)] = static_cast<T>(place < columns ? place : 0); // NaN is nowhere
    }
    return found;
}

// Over each column of some rows; places count those rows.
template <class T> Largest<T> largest_of_columns(const T *matrix, const Places &rows, int64_t columns) {
    Largest<T> found(columns);
    T *best = found.values.data();
    T *places = found.places.data();
    for (size_t row = 0; row < rows.size(); ++row) {
        const T *values = matrix + rows[row] * columns;
        const T place = static_cast<T>(row);
        for (int64_t column = 0; column < columns; ++column) {
            places[column] = values[column] > best[column] ? place : places[column];
            best[column] = values[column] > best[column] ? values[column] : best[column];
        }
    }
    return found;
}

template <class T> void join_both_ways(const T *attractions, int64_t numEven, int64_t numOdd, const Joins &out) {
    const int64_t first = out.joined / 2;
    const int64_t second = out.joined - first;
    const Largest<T> there = largest_of_rows(attractions, numEven, numOdd);
    const Places even = falling_order(there.values);
    Places left(even.begin() + first, even.end());
    std::sort(left.begin(), left.end());
    const Largest<T> back = largest_of_columns(attractions, left, numOdd);
    const Places odd = falling_order(back.values);

    for (int64_t i = 0; i < numEven - first; ++i) {
        out.anchors[i] = 2 * left[static_cast<size_t>(i)];
    }
    std::vector<Places> joined(static_cast<size_t>(numOdd)); // even sources of each odd token
    for (int64_t i = 0; i < first; ++i) {
        const int64_t source = even[static_cast<size_t>(i)];
        joined[static_cast<size_t>(there.places[static_cast<size_t>(source)])].push_back(source);
    }
    int64_t at = 0;
    const auto join = [&](int64_t token, int64_t destination) {
        out.sources[at] = token;
        out.destinations[at++] = destination;
    };
    for (int64_t rank = 0; rank < numOdd; ++rank) {
        const size_t token = static_cast<size_t>(odd[static_cast<size_t>(rank)]);
        const bool stays = rank >= second;
        const int64_t output = stays ? numEven - first + rank - second : static_cast<int64_t>(back.places[token]);
        if (stays) {
            out.anchors[output] = 2 * static_cast<int64_t>(token) + 1;
        } else {
            join(2 * static_cast<int64_t>(token) + 1, output);
        }
        for (const int64_t source : joined[token]) {
            join(2 * source, output);
        }
    }
}
} // namespace

template <class T> void falling_order(const T *values, int64_t count, int64_t *places) {
    std::vector<Key<T>> keys(static_cast<size_t>(count));
    for (int64_t i = 0; i < count; ++i) {
        keys[static_cast<size_t>(i)] = {falling_key(values[i]), static_cast<int32_t>(i)};
    }
    std::sort(keys.begin(), keys.end());
    std::transform(keys.begin(), keys.end(), places, [](const Key<T> &key) { return key.place; });
}

template <class T> void join_nearest(const NearestJoin<T> &join, const Joins &all) {
    for (int64_t b = 0; b < join.tokens.batch; ++b) {
        const Joins out = all.of(b);
        const int64_t *order = join.order + b * join.ranked;
        const Places destinations = tokens_of(join.destinations, order, join.front);
        const Places sources = tokens_of(join.sources, order, join.front);
        int64_t *anchors = put_front(join.front, out.anchors);
        put(destinations, put(tokens_of(join.kept, order, join.front), anchors));
        put(sources, out.sources);
        const Places places =
            nearest_of(join.tokens.x + b * join.tokens.stride, join.tokens.size, sources, destinations).places;
        std::transform(places.begin(), places.end(), out.destinations,
                       [&](int64_t place) { return place + join.front + join.kept.count; });
    }
}

template <class T> void join_closest(const ClosestJoin<T> &join, const Joins &out) {
    for (int64_t b = 0; b < join.tokens.batch; ++b) {
        join_closest(join, b, out.of(b));
    }
}

template <class T> void join_both_ways(const TwoWayJoin<T> &join, const Joins &out) {
    for (int64_t b = 0; b < join.batch; ++b) {
        join_both_ways(join.attractions + b * join.even * join.odd, join.even, join.odd, out.of(b));
    }
}

#define VT_INSTANTIATE(T)                                                                                              \
    template void falling_order(const T *, int64_t, int64_t *);                                                        \
    template void join_nearest(const NearestJoin<T> &, const Joins &);                                                 \
    template void join_closest(const ClosestJoin<T> &, const Joins &);                                                 \
    template void join_both_ways(const TwoWayJoin<T> &, const Joins &);
VT_INSTANTIATE(float)
VT_INSTANTIATE(double)
} // namespace cpu
} // namespace vlmtorch
