nas 1

use "darts.nas"

/// The same cells in the network for ImageNet (section 3): three convolutions bring the image to an eighth of its
/// size, and the first cell halves the older of its inputs. n = 4 makes 14 cells.
space darts_imagenet(classes = 1000, size = 224, c = 48, n = 4, auxiliary = true) {
  input x: image[size, size, 3]
  let quarter = x |> conv_bn_relu(floor(c / 2), 3, stride: 2) |> conv(c, 3, stride: 2) |> batch_norm
  let eighth  = quarter |> relu_conv(c, 3, stride: 2)
  let high = (quarter, eighth) |> repeat n { slide(normal(c)) } |> slide(reduce(2 * c))
  let mid  = high |> repeat n { slide(normal(2 * c)) } |> slide(reduce(4 * c))
  let low  = mid |> repeat n { slide(normal(4 * c)) }
  output last(low) |> classifier(classes)
  output aux: if auxiliary then last(mid) |> darts_imagenet_aux_head(classes) else none
}

/// The cells of DARTS_V2 in the network for ImageNet. 4,718,752 parameters.
architecture DARTS_V2_imagenet of darts_imagenet {
  normal.n = [
    {s0: sep_conv_3, s1: sep_conv_3}, {s0: sep_conv_3, s1: sep_conv_3},
    {s0: skip_connect, s1: sep_conv_3}, {s0: skip_connect, n[0]: dil_conv_3}
  ]
  reduce.n = [
    {s0: max_pool_3, s1: max_pool_3}, {s1: max_pool_3, n[0]: skip_connect},
    {s0: max_pool_3, n[0]: skip_connect}, {s1: max_pool_3, n[0]: skip_connect}
  ]
}

/// PC-DARTS, searched on ImageNet (yuhuixu1993/PC-DARTS, genotypes.py). 5,342,464 parameters.
architecture PC_DARTS_imagenet of darts_imagenet {
  normal.n = [
    {s0: sep_conv_3, s1: skip_connect}, {s0: sep_conv_3, s1: skip_connect},
    {s1: sep_conv_3, n[1]: sep_conv_3}, {s1: sep_conv_3, n[2]: dil_conv_5}
  ]
  reduce.n = [
    {s0: sep_conv_3, s1: skip_connect}, {s1: max_pool_3, n[0]: dil_conv_5},
    {s1: sep_conv_3, n[0]: sep_conv_3}, {s0: sep_conv_5, n[1]: sep_conv_3}
  ]
}
