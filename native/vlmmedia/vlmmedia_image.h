// ABI of picture decoding in libvlmmedia.so. Policy (which formats, which limits) is the caller's; see ImageDecoder.cs.
#pragma once
#include <cstdint>

extern "C" {

// Values of `format`. The caller has told the format from the bytes; only that loader is tried.
enum vm_image_format { VM_IMAGE_JPEG = 0, VM_IMAGE_PNG = 1, VM_IMAGE_WEBP = 2, VM_IMAGE_TIFF = 3 };

// Bits of `options`: how stored samples become RGB bytes where the picture's own header leaves it open.
enum vm_image_option {
    VM_IMAGE_CLIP_WIDE = 1,       // 16-bit samples are clipped to 255 instead of reduced to their high byte
    VM_IMAGE_ASSOCIATED_ALPHA = 2 // the file holds colours multiplied by alpha
};

struct vm_image_info {
    int32_t width, height; // pixels
    int32_t bands;         // samples per pixel, alpha included
    int32_t pages;         // frames or pages in the file
    int32_t orientation;   // EXIF value 1..8, 1 when absent
    int32_t sample_bytes;  // 1 and 2: unsigned integers; 0: any other sample type
};

struct vm_image;

// Reads the header only; no memory that grows with the picture is taken. `data` must stay valid until vm_image_close.
int vm_image_open(const uint8_t* data, int64_t size, int32_t format, vm_image** out, vm_image_info* info);

// Decodes the first page into `rgb`, width * height * 3 bytes; refuses truncated and corrupt data.
int vm_image_read_rgb(vm_image* image, int32_t options, uint8_t* rgb, int64_t size);

void vm_image_close(vm_image* image);
}
