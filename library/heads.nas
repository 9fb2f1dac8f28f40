nas 1

// Ends of networks.

/// Global average pooling and one fully connected layer: from an image to a score for each class
/// (Lin et al. 2014, section 3.2).
motif classifier(x; classes) = x |> global_avg_pool |> dense(classes)

/// The auxiliary classifier of DARTS on images of 8 x 8 (Liu et al. 2019, after Szegedy et al. 2015).
motif darts_aux_head(x; classes) {
  let y = x |> relu |> avg_pool(5, 3, padding: valid) |> conv(128, 1) |> batch_norm |> relu
  y |> conv(768, 2, padding: valid) |> batch_norm |> relu |> flatten |> dense(classes)
}

/// That of DARTS on images of 7 x 7, as for ImageNet: another stride, and no second batch normalisation.
motif darts_imagenet_aux_head(x; classes) {
  let y = x |> relu |> avg_pool(5, 2, padding: valid) |> conv(128, 1) |> batch_norm |> relu
  y |> conv(768, 2, padding: valid) |> relu |> flatten |> dense(classes)
}
